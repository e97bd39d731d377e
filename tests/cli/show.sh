. "$(dirname "$0")/lib.sh"

new_repo r
(
	cd "$repo" || exit
	snapshot "First" "id,label" "1,cat" "2,dog"
	tick
	snapshot "Second" "id,label" "1,cat" "2,fox"
)
test_that 'a commit and its records' 'run 0 dsv show && out_is show'
test_that 'the first commit' 'run 0 dsv show HEAD~1 && out_has "animals.csv:1  added"'
test_that '--json' 'run 0 dsv show --json && out_is show_json'
test_that '--summary and --stat' '
	run 0 dsv show --summary && out_has "records      2 -> 2    1 changed" &&
	run 0 dsv show --stat && out_has "animals.csv  "
'
test_that '--id gives the text whose digest the trailer has' '
	run 0 dsv show --id && out_is show_id &&
	sum=$(sha256sum <"$work/out") &&
	git log -1 --format=%B >message &&
	has message "Dsv-Snapshot: animals sha256:${sum%% *}" && rm message
'
test_that 'REV:PATH gives the bytes' '
	run 0 dsv show HEAD~1:animals.csv &&
	lines want "id,label" "1,cat" "2,dog" && cmp want "$work/out" &&
	run 0 dsv show :animals.csv && cmp animals.csv "$work/out" &&
	mkdir -p sub && cd sub && run 0 dsv show HEAD:../animals.csv &&
	cmp ../animals.csv "$work/out" && rm ../want
'
test_that 'what is not there' '
	run 3 dsv show HEAD:nosuch.csv && err_has nosuch.csv &&
	run 3 dsv show nosuch && err_has nosuch
'
test_that 'a path of another version is a pointer resolved, a blob as it is' '
	git -c filter.dsv.process= -c filter.dsv.clean=cat \
		-c filter.dsv.required=false add --renormalize animals.csv &&
	run 0 dsv show :animals.csv && cmp animals.csv "$work/out" &&
	git reset -q
'
test_that 'one record, one value, by its address' '
	run 0 dsv show HEAD~1:animals.csv:2 && out_has "label  dog" &&
	run 0 dsv show animals.csv:2 && out_has "label  fox" &&
	run 0 dsv show :animals.csv:2:label && echo fox >want &&
	cmp want "$work/out" && rm want &&
	run 0 dsv show animals.csv:2 --json &&
	out_has "\"line\":3,\"fields\":{\"id\":\"2\",\"label\":\"fox\"}"
'
test_that 'a value inside a nested field, by a JSON Pointer' '
	printf "%s\n" "{\"id\":1,\"tool\":{\"args\":[\"a\",{\"n\":1.10}]}}" \
		"{\"id\":2,\"tool\":null}" >calls.jsonl &&
	dsv track calls.jsonl --key id --yes >/dev/null &&
	run 0 dsv show calls.jsonl:1:/tool/args/0 && echo a >want &&
	cmp want "$work/out" && run 0 dsv show calls.jsonl:1:/tool/args/1/n &&
	echo 1.10 >want && cmp want "$work/out" && rm want &&
	run 0 dsv show calls.jsonl:1:/tool/args/1 --json &&
	out_has "\"fields\":{\"/tool/args/1\":{\"n\":1.10}}" &&
	run 3 dsv show calls.jsonl:2:/tool/args/0 &&
	err_has "no field" && err_has /tool/args/0 && rm calls.jsonl &&
	git reset -q --hard
'
test_that 'a field by the name that the column has by now' '
	lines animals.csv id,animal 1,cat 2,owl &&
	sed "s/labels: .*/labels: [animal]/;/labels:/a\    renamed: {animal: [label]}" \
		.dsv/datasets.yaml >sets && mv sets .dsv/datasets.yaml &&
	dsv commit -q -a -m Renamed && run 0 dsv show HEAD~1:animals.csv:2:animal &&
	echo fox >want && cmp want "$work/out" &&
	run 0 dsv show HEAD~1:animals.csv:2:label && cmp want "$work/out" &&
	run 0 dsv show HEAD:animals.csv:2:animal && echo owl >want &&
	cmp want "$work/out" && rm want && run 3 dsv show HEAD~1:animals.csv:2:x &&
	git reset -q --hard HEAD~1
'
test_that 'an address of nothing' '
	run 3 dsv show animals.csv:9 && err_has "no record" &&
	run 3 dsv show animals.csv:2:nosuch && err_has nosuch &&
	run 2 dsv show animals.csv:2,3 && err_has "is id"
'
finish
