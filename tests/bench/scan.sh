#!/bin/sh
# The privacy scan, measured against the targets of docs/design.md, beside
# bench.sh and with its data: megabytes a second on one core, and a version of
# which most was scanned before.
#
#	scan.sh BUILD      (make bench)
#
# ROWS (1000000) and RUNS (3) make it smaller or larger.
set -eu

build=$(cd "$1" && pwd)
work=$build/bench
rows=${ROWS:-1000000}
runs=${RUNS:-3}
table=${TABLE:-$work/table-$rows}
PATH=$build:$PATH
export PATH HOME="$work" GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
export GIT_AUTHOR_NAME=Bench GIT_AUTHOR_EMAIL=bench@example.org
export GIT_COMMITTER_NAME=Bench GIT_COMMITTER_EMAIL=bench@example.org
export GIT_CEILING_DIRECTORIES="$work"
mkdir -p "$work"
gen=$build/tests/bench/gen
measure=$build/tests/bench/measure
if ! [ -f "$table/v02.csv" ]; then
	mkdir -p "$table"
	"$gen" table "$table" "$rows" 10
	: >"$table/done"
fi

rm -rf "$work/scan"
mkdir "$work/scan"
cd "$work/scan"
cp "$table/v01.csv" t.csv
dsv init >/dev/null
dsv track t.csv --key id --label sentiment --yes >/dev/null
dsv commit -m v1 >/dev/null
cp "$table/v02.csv" t.csv
dsv commit -a -m v2 >/dev/null
megabytes=$(wc -c <t.csv | awk '{ print $1 / 1e6 }')
drop="rm -rf $work/scan/.git/dsv/cache"
scan="cd $work/scan && dsv scan --summary"

# row NAME "MS MB"
row()
{
	echo "$2" | awk -v name="$1" -v mb="$megabytes" '{
		printf "%-38s %9.1f %6.0f %8.0f MB/s\n", name, $1, $2, \
			mb * 1000 / $1
	}'
}
printf '%-38s %9s %6s\n' "$rows rows, $megabytes MB" ms MB
row "scan of a file, one core (200 MB/s)" \
	"$("$measure" "$runs" "$drop" "export DSV_THREADS=1; $scan")"
row "scan of a file" "$("$measure" "$runs" "$drop" "$scan")"
row "scan of a commit, one core" \
	"$("$measure" "$runs" "$drop" "export DSV_THREADS=1; $scan HEAD")"
row "scan of a commit" "$("$measure" "$runs" "$drop" "$scan HEAD")"
row "the same, its parent was scanned" \
	"$("$measure" "$runs" "$drop; $scan HEAD~1 >/dev/null" "$scan HEAD")"
row "the same, scanned before" "$("$measure" "$runs" "$scan HEAD" "$scan HEAD")"
