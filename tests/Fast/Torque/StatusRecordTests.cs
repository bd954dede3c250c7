using System.Text.Json;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Torque;

public class StatusRecordTests
{
    [Fact]
    public void Records_come_back_as_they_were_sent_also_where_they_differ_from_the_one_before()
    {
        StatusRecord[] records =
        [
            new("0.vm", [new("Job_Name", null, "a"), new("Resource_List", "nodes", "2:ppn=2")]),
            new("1.vm", [new("Resource_List", "nodes", "1"), new("comment", null, "\"x\"\n")]),
            new("2.vm", []),
            new("3.vm", [new("Job_Name", null, ""), new("Resource_List", "nodes", "3"), new("queue", null, "ü")]),
        ];
        var json = JsonSerializer.SerializeToUtf8Bytes(new Reply(Records: records, Server: "vm"), PbsJson.Default.Reply);
        var back = JsonSerializer.Deserialize(json, PbsJson.Default.Reply)!.Records!;
        Assert.Equal(records.Select(r => r.Name), back.Select(r => r.Name));
        Assert.Equal(records.Select(r => r.Attributes), back.Select(r => r.Attributes));
    }

    [Fact]
    public void Variables_in_one_line_come_back_whatever_is_in_them() =>
        Gen.Dictionary(Text("ab_", 1), Text("a,\\\"= \n", 0))[0, 5]
            .Sample(variables => Assert.Equal(variables.OrderBy(v => v.Key, StringComparer.Ordinal),
                VariableList.Parse(VariableList.Format(variables)).OrderBy(v => v.Key, StringComparer.Ordinal)));

    private static Gen<string> Text(string characters, int lengthMin) =>
        Gen.Int[0, characters.Length - 1].Array[lengthMin, 8].Select(places => string.Concat(places.Select(p => characters[p])));
}
