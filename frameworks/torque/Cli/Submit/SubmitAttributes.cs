using System.Text;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Submit;

/// <summary>A job's attributes, from the options of <c>qsub</c> and from where it is called.</summary>
internal sealed class SubmitAttributes(QsubOptions options, CommandContext context)
{
    /// <summary>What a job knows of its submitter's environment, as PBS_O_ and the name.</summary>
    private static readonly string[] OfSubmitter = ["HOME", "LANG", "LOGNAME", "PATH", "MAIL", "SHELL", "TZ"];

    private readonly List<JobAttribute> _attributes = [];

    /// <param name="name">The job's, where no other is given.</param>
    /// <param name="arguments">Of the command, as the attribute submit_args has them.</param>
    /// <exception cref="CommandFailure">The directory of <c>-d</c> does not exist.</exception>
    public IReadOnlyList<JobAttribute> Build(string name, IReadOnlyList<string> arguments, TorqueConfig config)
    {
        var directory = InitialDirectory();
        Add("Job_Name", options['N'] ?? name);
        if (options['a'] is { } time)
            Add("Execution_Time", $"{PbsDate.Parse(time, context.Now)!.Value.ToUnixTimeSeconds()}");
        Add("Account_Name", options['A'] ?? options['P']);
        Add("Checkpoint", options['c'] ?? config["DEFAULTCKPT"]);
        Add("Error_Path", PathOf('e', directory));
        if (options.Has('h'))
            Add("Hold_Types", "u");
        Add("Join_Path", options['j'] ?? "n");
        Add("Keep_Files", options['k'] ?? "n");
        Add("Mail_Points", options['m'] ?? "a");
        Add("Mail_Users", options['M']);
        Add("Output_Path", PathOf('o', directory));
        Add("Priority", options['p'] ?? "0");
        Add("Rerunable", options['r'] is { } rerun ? OptionValues.Rerunable(rerun)
            // Whom it was to speak with has gone when it would begin again.
            : options.IsInteractive || config.IsFalse("RERUNNABLEBYDEFAULT") ? "False" : "True");
        Add("Shell_Path_List", options['S']);
        Add("User_List", options['u']);
        Add("user_kill_delay", options['K']);
        Add("prologue", options['T']);
        Add("idle_slot_limit", options['i']);
        Add("job_arguments", options['F']);
        Add("fault_tolerant", options.Has('f') || config.IsTrue("FAULT_TOLERANT_BY_DEFAULT") ? "True" : "False");
        _attributes.AddRange(options.ListAttributes());
        Add("Variable_List", Variables(directory));
        Add("submit_args", string.Join(' ', arguments));
        Add("submit_host", context.Host);
        Add("init_work_dir", directory);
        return _attributes;
    }

    private void Add(string name, string? value)
    {
        if (value is not null)
            _attributes.Add(new JobAttribute(name, null, value));
    }

    /// <summary>Of <c>-d</c>; the directory it is submitted in without.</summary>
    private string InitialDirectory()
    {
        if (options['d'] is not { } given)
            return context.Directory;
        var path = Absolute(given);
        return Directory.Exists(path) ? path : throw QsubUsage.Illegal('d');
    }

    private string Absolute(string path) => Path.GetFullPath(path, context.Directory) is var full && full.Length > 1 ? full.TrimEnd('/') : "/";

    private string? PathOf(char option, string directory) =>
        options[option] is { } path ? OptionValues.OutputPath(path, context.Host, directory) : null;

    private string Variables(string directory)
    {
        var list = new StringBuilder();
        foreach (var name in OfSubmitter)
        {
            if ((context.Variable(name) ?? (name == "LOGNAME" ? context.User : null)) is { } value)
                VariableList.Append(list, "PBS_O_" + name, value);
        }
        foreach (var (name, value) in options.Variables)
            VariableList.Append(list, name, value);
        if (options.Has('V'))
            AppendEnvironment(list);
        VariableList.Append(list, "PBS_O_WORKDIR", options['w'] is { } work ? Absolute(work) : directory);
        VariableList.Append(list, "PBS_O_HOST", context.Host);
        if (options.Has('d'))
            VariableList.Append(list, "PBS_O_INITDIR", directory);
        if (options['D'] is { } root)
            VariableList.Append(list, "PBS_O_ROOTDIR", Absolute(root));
        return list.ToString();
    }

    private void AppendEnvironment(StringBuilder list)
    {
        HashSet<string> have = [.. options.Variables.Select(v => v.Key)];
        foreach (var (name, value) in context.Variables())
        {
            // The shell's own; and those of a job that submits another.
            if (name != "_" && !name.StartsWith("PBS_O_", StringComparison.Ordinal) && have.Add(name))
                VariableList.Append(list, name, value);
        }
    }
}
