using System.Diagnostics;

namespace Agora.Torque.Cli.Submit;

/// <summary>A site's program that reads each script on its input and writes what is to be submitted in its place.</summary>
internal static class SubmitFilter
{
    /// <param name="arguments">Of <c>qsub</c>, which the filter gets too.</param>
    /// <exception cref="CommandFailure">It cannot be run, or it turns the job down.</exception>
    public static byte[] Run(string program, IReadOnlyList<string> arguments, byte[] script)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CommandFailure(1, $"qsub: the submit filter {program} cannot be run: {e.Message}");
        }
        using (process)
        {
            var output = new MemoryStream();
            var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
            try
            {
                process.StandardInput.BaseStream.Write(script);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It need not read all of it.
            }
            reading.Wait();
            process.WaitForExit();
            return process.ExitCode == 0 ? output.ToArray()
                : throw new CommandFailure(1, $"qsub: the submit filter {program} turned the job down (exit code {process.ExitCode})");
        }
    }
}
