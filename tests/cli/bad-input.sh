# Bad data is kept byte for byte and told of; a bad request changes nothing.
. "$(dirname "$0")/lib.sh"

new_repo r

# kept FILE: committed and checked out again, the same bytes
kept()
{
	cp "$1" ../kept && dsv commit -q -m "keep" && rm "$1" &&
		git checkout -q -- "$1" && cmp ../kept "$1" &&
		git rm -q --cached "$1" && dsv untrack "$1" >/dev/null &&
		dsv commit -q -a -m "drop" && rm -f "$1"
}
# track FILE: as data with key id and label label
track()
{
	run 0 dsv track "$1" --key id --label label
}

test_that 'unterminated and broken quotes' '
	printf "id,label\n1,\"cat\n2,dog\n" >a.csv && track a.csv &&
	out_has "a.csv:2  broken quoting" && kept a.csv &&
	printf "id,label\n1,\"cat\"x\n2,dog\n" >b.csv && track b.csv &&
	out_has "b.csv:2  broken quoting" && kept b.csv
'
test_that 'ragged rows, doubled and missing keys' '
	printf "id,label\n1,cat,more\n2\n1,dog\n,owl\n" >a.csv &&
	track a.csv && out_has "more or fewer fields" &&
	out_has "stands on line" && out_has "no key" && kept a.csv
'
test_that 'repeated column names' '
	printf "id,label,label\n1,cat,x\n" >a.csv && track a.csv &&
	out_has "column name stands twice" && kept a.csv
'
test_that 'invalid UTF-8 and NUL bytes' '
	printf "id,label\n1,\377\376\n2,a\0b\n" >a.csv && track a.csv &&
	out_has "invalid UTF-8" && out_has "NUL" && kept a.csv
'
test_that 'a file of no bytes, no final newline, mixed line ends' '
	: >a.csv && run 0 dsv track a.csv --yes && kept a.csv &&
	printf "id,label\n1,cat" >b.csv && track b.csv && kept b.csv &&
	printf "id,label\r\n1,cat\n2,dog\r3,owl\r\n" >c.csv && track c.csv &&
	kept c.csv
'
test_that 'JSON lines that are none' '
	printf "{\"id\":1,\"label\":\"a\"}\nnonsense\n{\"id\":2,\"label\":\"b\",\"id\":3}\n" >a.jsonl &&
	track a.jsonl && out_has "a.jsonl:2  not a JSON object" &&
	out_has "a.jsonl:3  a field named twice" && kept a.jsonl
'
test_that 'a very long line' '
	head -c 150000000 /dev/zero | tr "\0" x >a.csv &&
	run 0 dsv track a.csv --yes && kept a.csv
'
test_that 'control and bidirectional characters are escaped' '
	printf "id,label\n1,\033[31mred\n2,a\342\200\256b\n" >a.csv && track a.csv &&
	dsv commit -qm x && run 0 dsv diff HEAD~1 HEAD && out_has "\\x1b[31mred" &&
	out_has "a\\u202eb" && run 0 dsv labels && out_has "\\x1b" &&
	dsv untrack a.csv >/dev/null && git rm -qf a.csv && dsv commit -qm y
'
test_that 'file names with newlines, quotes and other bytes' '
	name=$(printf "a\nb\"c\377 d.csv") && lines "$name" id,label 1,cat &&
	run 0 dsv track "$name" --key id --label label &&
	dsv commit -qm name && run 0 dsv diff HEAD~1 HEAD &&
	out_has "a\\nb" && cp "$name" ../kept && rm "$name" &&
	git checkout -q -- "$name" && cmp ../kept "$name" &&
	run 0 dsv untrack "$name"; git rm -qf "$name" && dsv commit -qm gone
'

lines "$repo/good.csv" id,label 1,cat 2,dog
(cd "$repo" && dsv track good.csv --key id --label label >/dev/null &&
	dsv commit -qm good)

# unchanged: the index and what stands in the files are as before
test_that 'invalid YAML, unknown and repeated keys are named by line' '
	cp .dsv/datasets.yaml ../kept &&
	for line in "  - name: [" "nosuch: 1" "version: 1" "    nosuch: x"; do
		cp ../kept .dsv/datasets.yaml && echo "$line" >>.dsv/datasets.yaml &&
		run 3 dsv labels && err_has ".dsv/datasets.yaml:" || exit 1
	done; cp ../kept .dsv/datasets.yaml
'
test_that 'a path outside of the repository, a folder for a file' '
	run 2 dsv add ../kept && err_has outside &&
	mkdir -p folder.csv && run 2 dsv show HEAD:folder.csv ||
	run 3 dsv show HEAD:folder.csv
'
# bound COMMAND...: as somebody whom modes hold back, which they do not do to
# root with all its capabilities
if [ "$(id -u)" -ne 0 ]; then
	bound() { "$@"; }
elif setpriv --bounding-set=-all true 2>/dev/null; then
	bound() { setpriv --bounding-set=-all "$@"; }
fi
if ! command -v bound >/dev/null; then
	skip 'unreadable files, folders that cannot be written' \
		'root, and no setpriv'
else
test_that 'an unreadable file stages nothing' '
	lines secret.csv id,label 1,x && echo 3,cow >>good.csv &&
	chmod 000 secret.csv && before=$(git ls-files -s) &&
	for command in "add secret.csv" "add ." "track secret.csv --yes" \
		"diff --no-index secret.csv good.csv"; do
		run 3 bound dsv $command && err_has "secret.csv" &&
		err_has "permission denied" || exit 1
	done &&
	[ "$before" = "$(git ls-files -s)" ] && ! grep secret .gitattributes &&
	rm -f secret.csv && git checkout -q good.csv
'
test_that 'an unreadable tracked file is told of, and nothing is staged' '
	echo 3,cow >>good.csv && chmod 000 good.csv &&
	for command in "add ." "commit -qam x" "diff" "labels good.csv"; do
		run 3 bound dsv $command && err_has "good.csv" &&
		err_has "permission denied" || exit 1
	done &&
	run 0 bound dsv status --json && out_has good.csv && chmod 644 good.csv &&
	git diff --cached --quiet && git checkout -q good.csv
'
test_that 'a folder that cannot be written to is named, and nothing changes' '
	before=$(git rev-parse HEAD) && chmod a-w .git/dsv/packs .git/dsv/tmp &&
	lines good.csv id,label 1,cow && run 3 bound dsv add good.csv &&
	err_has .git/dsv/tmp && run 3 bound dsv commit -qam x &&
	chmod u+w .git/dsv/packs .git/dsv/tmp && git diff --cached --quiet &&
	[ "$before" = "$(git rev-parse HEAD)" ] && chmod a-w .git &&
	run 3 bound dsv add good.csv && err_has .git/index &&
	chmod u+w .git && git diff --cached --quiet && git checkout -q good.csv
'
test_that 'a repository that cannot be written to can be read' '
	echo 3,cow >>good.csv && rm -rf .git/dsv/cache && chmod -R a-w .git &&
	for command in status diff log show labels fsck "diff --summary"; do
		run 0 bound dsv $command && is_empty "$work/err" || exit 1
	done; status=$?; chmod -R u+w .git; git checkout -q good.csv
	[ $status -eq 0 ]
'
fi
test_that 'a damaged pointer is refused: CRLF, conflict markers, twice' '
	git cat-file -p HEAD:good.csv >../pointer &&
	sed "s/\$/\r/" ../pointer >good.csv && run 3 dsv add good.csv &&
	err_has "good.csv" &&
	{ echo "<<<<<<< HEAD"; cat ../pointer; echo =======; cat ../pointer; } \
		>good.csv && run 3 dsv add good.csv &&
	git diff --cached --quiet && cp ../pointer good.csv &&
	run 0 dsv add good.csv && git diff --cached --quiet &&
	git checkout -q -f HEAD -- . && dsv restore good.csv
'
test_that 'attributes that override ours: status says so, nothing is lost' '
	echo "good.csv -filter" >>.gitattributes && run 0 dsv status &&
	out_has good.csv && git checkout -q .gitattributes
'
test_that 'a damaged pack is named, and no byte of it is handed on' '
	cp -r .git/dsv ../store && chmod -R u+w .git/dsv/packs &&
	for pack in .git/dsv/packs/*.pack; do
		size=$(wc -c <"$pack") &&
		printf "\377\377\377\377" | dd of="$pack" bs=1 \
			seek=$((size / 2)) conv=notrunc 2>/dev/null
	done
	run 3 dsv show HEAD:good.csv && err_has pack && run 1 dsv fsck &&
	out_has pack && rm -rf .git/dsv && mv ../store .git/dsv
'
test_that 'a missing content is named with the next step' '
	mv .git/dsv/packs ../packs && run 3 dsv show HEAD:good.csv &&
	err_has "not here" && rm -rf .git/dsv/packs &&
	mv ../packs .git/dsv/packs
'
test_that 'no space for the answer is a failure' '
	if [ -e /dev/full ]; then
		dsv help >/dev/full 2>../err; [ $? -eq 3 ] &&
		has ../err "standard output" &&
		dsv log >&- 2>../err; [ $? -eq 3 ]
	fi
'
# nothing_changed: after a command that failed for want of space
nothing_changed()
{
	[ "$before" = "$(git ls-files -s)$(git rev-parse HEAD)" ] &&
		[ -z "$(ls -A .git/dsv/tmp)" ] && [ ! -e .git/index.lock ] &&
		dsv fsck && git fsck --strict 2>/dev/null
}
# noise: a table that does not compress well
{ echo id,label; head -c 1500000 /dev/urandom | od -An -v -tx4 |
	tr -s ' ' ',' | sed 's/^,//'; } >"$work/noise"
test_that 'a file that may not grow: EFBIG is an answer, nothing changes' '
	before=$(git ls-files -s)$(git rev-parse HEAD) && cp ../noise good.csv &&
	for command in "add good.csv" "commit -qam x"; do
		(ulimit -f 64 && run 3 dsv $command) &&
		err_has "cannot write" && err_has "/.git/dsv/" &&
		err_has "file too large" && nothing_changed || exit 1
	done && git checkout -q good.csv
'
test_that 'no file may be written at all: every command that writes fails' '
	before=$(git ls-files -s)$(git rev-parse HEAD) && echo 3,cow >>good.csv &&
	lines new.csv id,label 1,x && cp .gitattributes ../kept &&
	for command in "add good.csv" "commit -qam x" "track new.csv --yes" \
		"restore good.csv" "untrack good.csv"; do
		(ulimit -f 0; dsv $command 2>&1 >/dev/null; echo "exit $?") |
			cat >../err
		has ../err "exit 3" && has ../err "cannot write" &&
		nothing_changed && cmp .gitattributes ../kept || exit 1
	done && rm new.csv && git checkout -q good.csv
'
if ! unshare -m mount -t tmpfs none "$work/home" 2>/dev/null; then
	skip 'a disk that is full' 'mounting is not permitted'
else
test_that 'a disk that is full: nothing changes, and the place is named' '
	before=$(git ls-files -s)$(git rev-parse HEAD) && cp ../noise good.csv &&
	mkdir ../store && export before work && unshare -m sh -c "
		cp -a .git/dsv/. ../store &&
		mount -t tmpfs -o size=1m none .git/dsv &&
		cp -a ../store/. .git/dsv &&
		dsv add good.csv" >../out 2>../err; [ $? -eq 3 ] &&
	has ../err "cannot write" && has ../err "no space left on device" &&
	has ../err "/.git/dsv/" && nothing_changed && git checkout -q good.csv
'
fi
finish
