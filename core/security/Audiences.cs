namespace Agora.Security;

/// <summary>Whom a token is for; with anybody else it is of no use.</summary>
public static class Audiences
{
    public const string Master = "master";
    public const string JobTracker = "hadoop-jobtracker";
}
