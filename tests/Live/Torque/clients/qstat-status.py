#!/usr/bin/env python3
"""Tells Snakemake how a job is: running, success or failed, as profiles for Torque do."""
import subprocess
import sys
import xml.etree.ElementTree as ET

shown = subprocess.run(["qstat", "-f", "-x", sys.argv[1]], capture_output=True, text=True)
if shown.returncode != 0:
    print("failed")
    sys.exit(0)
job = ET.ElementTree(ET.fromstring(shown.stdout)).getroot()
state = job.find(".//job_state").text
status = job.find(".//exit_status")
if state == "C":
    print("success" if status is not None and status.text == "0" else "failed")
else:
    print("running")
