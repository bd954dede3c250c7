#!/usr/bin/python3
"""An allreduce of numbers and one of Python objects, by mpi4py."""
from mpi4py import MPI

world = MPI.COMM_WORLD
numbers = world.allreduce(world.rank)
names = world.allreduce([f"rank{world.rank}"])
if world.rank == 0:
    print(f"{world.size} ranks, sum {numbers}, {' '.join(sorted(names))}")
