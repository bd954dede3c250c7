namespace Agora.Torque.Cli.Show;

internal static class QstatUsage
{
    public const string Text = """
        usage: qstat [-f [-1]] [-x] [-F json] [-t] [-c] [-W site_specific] [job_id | queue | @server ...]
               qstat [-a | -i | -r | -s] [-n [-1]] [-G | -M] [-R] [-u user,...] [job_id | queue | @server ...]
               qstat -Q [-f [-1]] [queue | @server ...]
               qstat -q [-G | -M] [queue | @server ...]
               qstat -B [-f [-1]] [server ...]
        """;
}
