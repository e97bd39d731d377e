. "$(dirname "$0")/lib.sh"

new_repo r
(cd "$repo" && snapshot First "id,label" "1,cat" "2,dog")

test_that 'git add stores, git checkout brings back' '
	seq 1 20000 >big.csv && dsv track big.csv --yes >/dev/null 2>&1 &&
	git cat-file -p :big.csv >pointer && has pointer "dsv-pointer 1" &&
	cp big.csv kept && rm big.csv && git checkout -q -- big.csv &&
	cmp kept big.csv && rm kept pointer && git commit -qm big
'
test_that 'clean of a pointer gives the pointer' '
	git cat-file -p HEAD:animals.csv >pointer && cp pointer animals.csv &&
	git add animals.csv && git diff --cached --quiet &&
	rm pointer animals.csv && git checkout -q animals.csv
'
test_that 'a damaged pointer is never taken as data' '
	git cat-file -p HEAD:animals.csv | sed "s/\$/\r/" >animals.csv &&
	run 128 git add animals.csv && err_has "pointer" &&
	git checkout -q -f HEAD -- animals.csv
'
test_that 'missing content leaves the pointer and says so once' '
	mv .git/dsv/packs ../packs && rm animals.csv big.csv &&
	run 0 git checkout -- animals.csv big.csv &&
	has animals.csv dsv-pointer && has big.csv dsv-pointer &&
	[ "$(grep -c "not here" "$work/err")" -eq 1 ] &&
	rm -rf .git/dsv/packs && mv ../packs .git/dsv/packs &&
	dsv init >/dev/null && lacks animals.csv dsv-pointer
'
test_that 'a protocol that is none is a failure' '
	echo nonsense >in && dsv filter-process <in >/dev/null 2>&1
	[ $? -eq 3 ] && rm in
'
finish
