global using ContainerId = Agora.Cluster.ContainerId;
