. "$(dirname "$0")/lib.sh"

new_repo r
test_that 'no commit yet is an empty log' '
	run 0 dsv log && is_empty "$work/out" && err_has "no commit yet"
'
(
	cd "$repo" || exit
	snapshot "First" "id,label" "1,cat" "2,dog" "3,cat"
	tick
	snapshot "Second" "id,label" "1,cat" "2,fox" "3,cat" "4,owl"
)
tick
(cd "$repo" && echo x >notes.txt && dsv add -q . && dsv commit -q -m Notes)

test_that 'each commit tells what it changed' 'run 0 dsv log && out_is log'

test_that '-n, --skip, --reverse, --oneline' '
	run 0 dsv log -n1 --oneline && out_has Notes && out_lacks Second &&
	run 0 dsv log -n 1 --skip=1 && out_has Second && out_lacks Notes &&
	run 0 dsv log --reverse && head -n 1 "$work/out" >line &&
	has line First && rm line
'

test_that 'paths and ranges keep commits' '
	run 0 dsv log animals.csv && out_lacks Notes && out_has Second &&
	run 0 dsv log HEAD~1..HEAD && out_has Notes && out_lacks Second &&
	run 0 dsv log -- notes.txt && out_has Notes && out_lacks First
'

test_that '--json' 'run 0 dsv log --json && out_is log_json'

test_that 'what is neither revision nor file is wrong usage' '
	run 2 dsv log nosuch && err_has "neither a revision nor a file"
'

test_that 'trailers are never read as truth' '
	git commit -q --no-verify --allow-empty -m "Lie" \
		-m "Dsv-Change: animals +99" &&
	run 0 dsv log -n1 && out_lacks 99
'

test_that 'a merge is compared with its first parent' '
	git switch -q -c side HEAD~1 &&
	snapshot Side "id,label" "1,cat" "2,fox" "3,cat" "4,owl" "5,owl" &&
	git switch -q main && git merge -q --no-edit side &&
	run 0 dsv log -n1 && out_has "animals  +1"
'
test_that '--where lists the commits that touched such a record' '
	run 0 dsv log --where label=fox --oneline && out_has Second &&
	out_lacks First && out_lacks Notes &&
	run 0 dsv log --where label=dog --oneline && out_has Second &&
	out_has First && out_lacks Side &&
	run 0 dsv log --where label=owl -n1 --oneline && out_has Side &&
	out_lacks Second && out_lacks Merge &&
	run 0 dsv log --where label=owl --skip=1 --oneline && out_lacks Side &&
	out_has Second &&
	run 0 dsv log --where label=yak && is_empty "$work/out" &&
	run 2 dsv log --where labl=yak && err_has "did you mean"
'
test_that '--where shows a merge only for what it changed itself' '
	git switch -q -c two HEAD~1 && tick &&
	snapshot Two "id,label" "1,owl" "2,fox" "3,cat" "4,owl" &&
	git switch -q main && git merge -q -s ours --no-commit two &&
	lines animals.csv "id,label" "1,owl" "2,fox" "3,emu" "4,owl" "5,owl" &&
	dsv add -q animals.csv && dsv commit -q -m Merged &&
	run 0 dsv log --where label=owl --oneline && out_has Two &&
	out_lacks Merged && run 0 dsv log --where label=emu --oneline &&
	out_has Merged && git reset -q --hard HEAD~1 && git branch -q -D two &&
	git reflog expire --expire=now --all
'
test_that 'a commit whose data is damaged does not hide the others' '
	git checkout -q -b damaged && lines bad "dsv-pointer 1" broken &&
	git update-index --cacheinfo \
		"100644,$(git hash-object -w bad),animals.csv" && rm bad &&
	git commit -q -n -m Broken 2>/dev/null && run 0 dsv log &&
	out_has Broken && out_has First && err_has "cannot be compared" &&
	git checkout -q -f main && git branch -q -D damaged &&
	git reflog expire --expire=now --all
'
test_that 'a bare repository has no files that a word could mean' '
	git clone -q --bare . ../bare.git && run 0 dsv -C ../bare.git log HEAD &&
	run 0 dsv -C ../bare.git diff --no-cache HEAD HEAD && silent
'
finish
