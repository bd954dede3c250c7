#!/bin/sh
exec awk '{ gsub(/[^A-Za-z]+/, " "); for (i = 1; i <= NF; i++) print tolower($i) "\t1" }'
