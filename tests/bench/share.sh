#!/bin/sh
# Push and clone through a folder, against git with the same data as blobs.
#
#	share.sh BUILD
#
# ROWS (1000000) and RUNS (3) make it smaller or larger. Works in $BUILD/bench.
set -eu

build=$(cd "$1" && pwd)
work=$build/bench/share
rows=${ROWS:-1000000}
runs=${RUNS:-3}
table=$build/bench/table-$rows
PATH=$build:$PATH
export PATH HOME="$build/bench" GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
export GIT_AUTHOR_NAME=Bench GIT_AUTHOR_EMAIL=bench@example.org
export GIT_COMMITTER_NAME=Bench GIT_COMMITTER_EMAIL=bench@example.org
measure=$build/tests/bench/measure

rm -rf "$work"
mkdir -p "$table" "$work"
GIT_CEILING_DIRECTORIES=$(cd "$work" && pwd -P)
export GIT_CEILING_DIRECTORIES
[ -f "$table/done" ] || {
	"$build/tests/bench/gen" table "$table" "$rows" 10
	: >"$table/done"
}

# row NAME TARGET "MS MB" "MS MB"
row()
{
	echo "$1|$2|$3|$4" | awk -F'|' '{
		split($3, own, " "); split($4, peer, " ")
		printf "%-28s %9.0f ms %6.0f MB %9.0f ms  %.3f (%s)\n", $1,
			own[1], own[2], peer[1], own[1] / peer[1], $2
	}'
}

# In each way: two versions, the first is there already.
prepare()
{
	git init -q -b main "$work/$1" && git init -q -b main --bare "$work/$1.git"
	cd "$work/$1"
	[ "$1" = git ] || dsv init >/dev/null
	cp "$table/v01.csv" t.csv
	[ "$1" = git ] ||
		dsv track t.csv --key id --label sentiment --yes >/dev/null
	git add . && git commit -q -m One
	git remote add origin "../$1.git"
	if [ "$1" = git ]; then git push -q -u origin main
	else dsv push -u origin main >/dev/null 2>&1; fi
	cp "$table/v02.csv" t.csv
	git add . && git commit -q -m Two
	cd "$work"
}
prepare git
prepare dsv
for kind in git dsv; do cp -r "$kind.git" "$kind.before"; done

weight()
{
	cat "$1"/packs/*.pack "$1"/packs/*.idx | wc -c
}
again()
{
	echo "cd $work && rm -rf $1.git && cp -r $1.before $1.git &&
		git -C $1 update-ref refs/remotes/origin/main main~1"
}
row 'push of the next version' '0.2' \
	"$("$measure" "$runs" "$(again dsv)" "cd $work/dsv && dsv push origin main")" \
	"$("$measure" "$runs" "$(again git)" "cd $work/git && git push origin main")"
grew=$(($(weight dsv/.git/dsv) - $(weight dsv.before/dsv)))
sent=$(($(weight dsv.git/dsv) - $(weight dsv.before/dsv)))
echo "sent / grown: $sent / $grew (1.1)"

git -C git.git gc -q
row 'clone of two versions' '0.3' \
	"$("$measure" "$runs" "rm -rf $work/b" "cd $work && dsv clone dsv.git b")" \
	"$("$measure" "$runs" "rm -rf $work/a" "cd $work && git clone --no-local git.git a")"
cmp a/t.csv b/t.csv
rm -rf "$work"
