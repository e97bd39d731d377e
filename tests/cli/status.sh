. "$(dirname "$0")/lib.sh"

new_repo r
test_that 'an empty repository says so' '
	run 0 dsv status && out_is status_empty
'

test_that 'staged, changed and new files stand apart' '
	snapshot first "id,label" "1,cat" "2,dog" "3,cat" &&
	run 0 dsv status && out_is status_clean &&
	lines animals.csv "id,label" "1,cat" "2,fox" "3,cat" "4,owl" &&
	dsv add -q animals.csv && lines animals.csv "id,label" "1,cat" "2,fox" &&
	echo note >notes.txt && run 0 dsv status && out_is status_parts
'

test_that '--json tells the same' '
	run 0 dsv status --json && out_is status_json
'

test_that 'a path narrows it down' '
	run 0 dsv status notes.txt && out_has notes.txt && out_lacks animals
'

test_that 'faults are named with file and line' '
	lines animals.csv "id,label" "1,cat" "1,dog" "3" &&
	run 0 dsv status && out_has "animals.csv:3  key '"'1'"' stands on line 2 too" &&
	out_has "animals.csv:4  more or fewer"
'

test_that 'attributes that override ours are named' '
	git checkout -q HEAD animals.csv &&
	echo "*.csv text" >>.gitattributes && run 0 dsv status &&
	out_has "attributes are overridden" && git checkout -q .gitattributes
'

test_that 'a dataset path that the filter misses is named' '
	cp .gitattributes kept && : >.gitattributes &&
	run 0 dsv status && out_has "no filter=dsv" && mv kept .gitattributes
'

test_that 'a damaged pointer in the work tree is named' '
	git cat-file -p HEAD:animals.csv >animals.csv &&
	printf "x\n" >>animals.csv && run 0 dsv status &&
	out_has "damaged pointer" && git checkout -q animals.csv 2>/dev/null ||
	dsv restore animals.csv
'

test_that 'a branch and what it follows' '
	git clone -q . ../clone && cd ../clone && dsv init >/dev/null &&
	git commit -q --allow-empty -m more && run 0 dsv status &&
	out_has "main, 1 commit ahead of origin/main"
'

test_that 'a definition with a fault is named, the rest is shown' '
	cp .dsv/datasets.yaml kept && echo "  nosuch: 1" >>.dsv/datasets.yaml &&
	run 0 dsv status && out_has ".dsv/datasets.yaml:7" &&
	mv kept .dsv/datasets.yaml
'
test_that 'a path in two datasets and a guideline that is not there are named' '
	cp .dsv/datasets.yaml kept &&
	lines more "  - name: two" "    files: [\"*.csv\"]" "    key: [id]" \
		"    guideline: nosuch" && cat more >>.dsv/datasets.yaml &&
	run 0 dsv status && out_has "is in two datasets" &&
	out_has "guidelines/nosuch.md" && run 3 dsv commit -a -m x &&
	git reset -q --hard && rm -f more kept
'

test_that 'a file whose content is damaged takes no count from the others' '
	lines second.csv id,label 1,cat &&
	dsv track second.csv --key id --label label >/dev/null &&
	dsv commit -qm second && { git show HEAD:animals.csv; echo x; } >bad &&
	mv bad animals.csv && echo 2,dog >>second.csv && run 0 dsv status &&
	out_has "second.csv   +1" &&
	[ "$(grep -c "damaged" "$work/out")" -eq 1 ] && git reset -q --hard
'
finish
