namespace Agora.Cluster;

/// <summary>
/// Agents that are turned away: those marked gone, and a second process with the id of one that lives, as after a copy of a
/// work directory. Whoever is connected is asked whether it still is; if it answers it stays the agent, if not, the other is.
/// </summary>
public sealed partial class Master
{
    private readonly Dictionary<long, AgentEntry> _challengers = [];
    private readonly Queue<(AgentEntry Agent, Challenger Challenger, DateTimeOffset Due)> _challenges = new();
    private long _lastChallenge;

    /// <returns>True if it is not to be registered, now or at all.</returns>
    private bool TurnAway(long connection, AgentId id, AgentCall.Register call)
    {
        if (_gone.ContainsKey(id))
        {
            ShutDown(connection, WhyGone(id));
            return true;
        }
        if (!_agents.TryGetValue(id, out var agent) || agent.Connection is not { } present || agent.Instance == call.Instance)
            return false;
        DropChallenger(agent);
        // Numbers below zero are not those of the pings that are sent from time to time.
        agent.Challenger = new Challenger(connection, call, -++_lastChallenge, _now + _options.ChallengeTime);
        _challengers.Add(connection, agent);
        _challenges.Enqueue((agent, agent.Challenger, agent.Challenger.Due));
        Send(present, new AgentCommand.Ping(agent.Challenger.Ping));
        return true;
    }

    private void ShutDown(long connection, string why)
    {
        _counters.CallsRefused++;
        Send(connection, new AgentCommand.Shutdown(why));
        _effects.Add(new MasterEffect.Close(connection));
    }

    private void Ponged(AgentEntry agent, long number)
    {
        agent.PingsMissed = 0;
        if (agent.Challenger is not { } challenger || challenger.Ping != number)
            return;
        agent.Challenger = null;
        _challengers.Remove(challenger.Connection);
        ShutDown(challenger.Connection, $"{agent.Id} is registered from {agent.Info.Hostname} already, by another process that answers: " +
            "two have the same work directory, or one has a copy of it; start this agent with a work directory of its own");
    }

    /// <summary>A challenger whose place is taken by another, or whose agent is no more, may come again.</summary>
    private void DropChallenger(AgentEntry agent)
    {
        if (agent.Challenger is not { } challenger)
            return;
        agent.Challenger = null;
        _challengers.Remove(challenger.Connection);
        _effects.Add(new MasterEffect.Close(challenger.Connection));
    }

    /// <summary>The agent is not connected any more, so the other process is it.</summary>
    private void AdmitChallenger(AgentEntry agent)
    {
        if (agent.Challenger is not { } challenger)
            return;
        agent.Challenger = null;
        _challengers.Remove(challenger.Connection);
        Register(challenger.Connection, challenger.Call);
    }

    private void EndChallenges()
    {
        while (_challenges.TryPeek(out var challenge) && challenge.Due <= _now)
        {
            _challenges.Dequeue();
            if (challenge.Agent.Challenger != challenge.Challenger)
                continue;
            DropConnection(challenge.Agent);
            BecomeAbsent(challenge.Agent);
            GiveWay(challenge.Agent);
        }
    }
}
