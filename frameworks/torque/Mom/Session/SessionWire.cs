using System.Buffers.Binary;
using System.Text;

namespace Agora.Torque.Mom.Session;

/// <summary>
/// Mom and session program speak in frames: four bytes of length, one of kind, the fields. Written by hand, since the
/// session program is started for every job, and reading this costs it nothing.
/// </summary>
internal static class SessionWire
{
    public const int HeaderBytes = 4;

    public static byte[] Encode(SessionPlan plan) => Frame(w =>
    {
        w.Write(plan.JobId);
        w.Write(plan.UserId);
        WriteList(w, plan.Groups, w.Write);
        w.Write(plan.Node);
        w.Write(plan.Program);
        WriteList(w, plan.Command, w.Write);
        WriteList(w, plan.Environment, w.Write);
        WriteBytes(w, plan.Input);
        w.Write(plan.Directory);
        WriteText(w, plan.Root);
        w.Write(plan.Nice);
        WriteList(w, plan.Limits, l =>
        {
            w.Write(l.Resource);
            w.Write(l.Value);
        });
        WriteList(w, plan.Files, f =>
        {
            w.Write(f.Path);
            WriteBytes(w, f.Content);
            w.Write(f.IsUsers);
            w.Write(f.IsProgram);
        });
        w.Write(plan.JobDirectory);
        WriteOutput(w, plan.Output);
        w.Write(plan.Error is not null);
        if (plan.Error is { } error)
            WriteOutput(w, error);
        WriteText(w, plan.Interactive);
        WriteSites(w, plan.Prologues);
        WriteSites(w, plan.Epilogues);
        w.Write(plan.SiteSeconds);
    });

    public static SessionPlan DecodePlan(byte[] frame)
    {
        using var r = Reader(frame);
        return new SessionPlan(r.ReadString(), r.ReadInt32(), ReadList(r, r.ReadInt32), r.ReadString(), r.ReadString(),
            ReadList(r, r.ReadString), ReadList(r, r.ReadString), ReadBytes(r), r.ReadString(), ReadText(r), r.ReadInt32(),
            ReadList(r, () => new ProcessLimit(r.ReadInt32(), r.ReadUInt64())),
            ReadList(r, () => new PlannedFile(r.ReadString(), ReadBytes(r)!, r.ReadBoolean(), r.ReadBoolean())),
            r.ReadString(), ReadOutput(r), r.ReadBoolean() ? ReadOutput(r) : null, ReadText(r), ReadSites(r), ReadSites(r),
            r.ReadInt32());
    }

    public static byte[] Encode(SessionCommand command) => Frame(w =>
    {
        switch (command)
        {
            case SessionCommand.Signal s:
                w.Write((byte)1);
                w.Write(s.Number);
                break;
            case SessionCommand.Note n:
                w.Write((byte)2);
                w.Write(n.Text);
                w.Write(n.ToError);
                break;
            case SessionCommand.Finish f:
                w.Write((byte)3);
                w.Write(f.Session);
                w.Write(f.Used);
                w.Write(f.ExitStatus);
                break;
        }
    });

    public static SessionCommand DecodeCommand(byte[] frame)
    {
        using var r = Reader(frame);
        return r.ReadByte() switch
        {
            1 => new SessionCommand.Signal(r.ReadInt32()),
            2 => new SessionCommand.Note(r.ReadString(), r.ReadBoolean()),
            3 => new SessionCommand.Finish(r.ReadInt32(), r.ReadString(), r.ReadInt32()),
            var kind => throw new InvalidDataException($"a command of kind {kind}"),
        };
    }

    public static byte[] Encode(SessionEvent said) => Frame(w =>
    {
        switch (said)
        {
            case SessionEvent.Started s:
                w.Write((byte)1);
                w.Write(s.Leader);
                break;
            case SessionEvent.NotStarted n:
                w.Write((byte)2);
                w.Write(n.Status);
                w.Write(n.Message);
                break;
            case SessionEvent.LeaderEnded l:
                w.Write((byte)3);
                w.Write(l.WaitStatus);
                break;
            case SessionEvent.TreeEnded t:
                w.Write((byte)4);
                w.Write(t.WaitStatus);
                w.Write(t.CpuMicroseconds);
                w.Write(t.PeakBytes);
                break;
            case SessionEvent.Done d:
                w.Write((byte)5);
                WriteText(w, d.Message);
                break;
        }
    });

    public static SessionEvent DecodeEvent(byte[] frame)
    {
        using var r = Reader(frame);
        return r.ReadByte() switch
        {
            1 => new SessionEvent.Started(r.ReadInt32()),
            2 => new SessionEvent.NotStarted(r.ReadInt32(), r.ReadString()),
            3 => new SessionEvent.LeaderEnded(r.ReadInt32()),
            4 => new SessionEvent.TreeEnded(r.ReadInt32(), r.ReadInt64(), r.ReadInt64()),
            5 => new SessionEvent.Done(ReadText(r)),
            var kind => throw new InvalidDataException($"an event of kind {kind}"),
        };
    }

    private static byte[] Frame(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(0);
        write(writer);
        writer.Flush();
        var frame = stream.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - HeaderBytes);
        return frame;
    }

    private static BinaryReader Reader(byte[] frame) => new(new MemoryStream(frame), Encoding.UTF8);

    private static void WriteOutput(BinaryWriter w, OutputPlan output)
    {
        w.Write(output.Written);
        w.Write(output.IsSpooled);
        w.Write(output.Host);
        w.Write(output.Target);
        w.Write(output.Name);
        w.Write(output.Mode);
    }

    private static OutputPlan ReadOutput(BinaryReader r) =>
        new(r.ReadString(), r.ReadBoolean(), r.ReadString(), r.ReadString(), r.ReadString(), r.ReadUInt32());

    private static void WriteSites(BinaryWriter w, IReadOnlyList<SitePlan> sites) => WriteList(w, sites, s =>
    {
        w.Write(s.Path);
        WriteList(w, s.Arguments, w.Write);
        w.Write(s.IsUsers);
    });

    private static SitePlan[] ReadSites(BinaryReader r) =>
        ReadList(r, () => new SitePlan(r.ReadString(), ReadList(r, r.ReadString), r.ReadBoolean()));

    private static void WriteList<T>(BinaryWriter w, IReadOnlyList<T> list, Action<T> write)
    {
        w.Write(list.Count);
        foreach (var item in list)
            write(item);
    }

    private static T[] ReadList<T>(BinaryReader r, Func<T> read)
    {
        var list = new T[r.ReadInt32()];
        for (var i = 0; i < list.Length; i++)
            list[i] = read();
        return list;
    }

    private static void WriteText(BinaryWriter w, string? text)
    {
        w.Write(text is not null);
        if (text is not null)
            w.Write(text);
    }

    private static string? ReadText(BinaryReader r) => r.ReadBoolean() ? r.ReadString() : null;

    private static void WriteBytes(BinaryWriter w, byte[]? bytes)
    {
        w.Write(bytes?.Length ?? -1);
        w.Write(bytes ?? []);
    }

    private static byte[]? ReadBytes(BinaryReader r) => r.ReadInt32() is var length and >= 0 ? r.ReadBytes(length) : null;
}
