# Two people at once: statements, branches and packs of both arrive.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-govern.sh"

server=$work/team.git
git init -q --bare "$server"
key lead && key privacy
new_repo ana
cd "$repo" || exit 3
reviews pos neg >reviews.csv
dsv track reviews.csv --name reviews --key id --label label >/dev/null
dsv people add privacy-b --name 'Privacy B' --role privacy \
	--key "$work/privacy.pub" >/dev/null
git add -A && tick && dsv commit -q -m Base
dsv remote add origin "$server" && dsv push -u origin main >/dev/null 2>&1
cd "$work" && dsv clone "$server" ben >/dev/null 2>&1
ben=$work/ben

# approve REASON: a statement that stays here
approve()
{
	dsv signoff approve --reason "$1" --key "$work/privacy" \
		--role privacy --no-push >/dev/null
}
statements()
{
	git -C "$1" ls-tree -r --name-only "${2:-dsv-evidence}" | grep -c 'json$'
}
# change LABEL: another branch of it with one record more
change()
{
	git switch -q -c "$1" && echo "9,more,$1" >>reviews.csv && tick &&
		dsv commit -q -a -m "$1"
}

test_that 'push takes statements along' '
	change owl && approve one && run 0 dsv push -u origin owl &&
	out_has "evidence  pushed" && [ "$(statements "$server")" -eq 1 ]
'
test_that 'who lost the race for them unites and pushes both' '
	cd "$ben" && change fox && approve two && run 0 dsv push -u origin fox &&
	out_has "evidence  pushed" && [ "$(statements "$server")" -eq 2 ]
'
test_that 'fetch brings the statements of the other' '
	run 0 dsv fetch && out_has "evidence  united" &&
	[ "$(statements .)" -eq 2 ] && run 0 dsv fetch && out_lacks evidence
'
test_that 'they can be left here' '
	approve three && run 0 dsv push --no-evidence && out_lacks evidence &&
	[ "$(statements "$server")" -eq 2 ]
'
test_that 'two that push at the same time both arrive' '
	git switch -q -c three && echo "10,x,a" >>reviews.csv && tick &&
	dsv commit -q -a -m three && cd "$ben" && git switch -q -c four &&
	echo "11,y,b" >>reviews.csv && tick && dsv commit -q -a -m four &&
	approve four && cd "$repo" && {
		(cd "$ben" && dsv push -u origin four >"$work/four" 2>&1
			echo $? >"$work/four.rc") &
		dsv push -u origin three >"$work/three" 2>&1
		three=$?
		wait
	} && cat "$work/three" "$work/four" &&
	[ $three -eq 0 ] && [ "$(cat "$work/four.rc")" -eq 0 ] &&
	[ "$(statements "$server")" -ge 4 ] &&
	git -C "$server" rev-parse three four
'
test_that 'a branch that moves while it is pushed brings its data' '
	git switch -q -c late && echo "29,x,a" >>reviews.csv && tick &&
	dsv commit -q -a -m Before && before=$(git rev-parse HEAD) &&
	echo 30,late,x >>reviews.csv && tick && dsv commit -q -a -m Late &&
	DSV_DATA_PUSHED=$before run 0 git push origin late &&
	err_has "of data sent"
'
test_that 'all of it is whole for a third one' '
	cd "$work" && run 0 dsv clone "$server" cem && cd cem &&
	run 0 dsv fetch --all && run 0 dsv fsck && run 0 dsv evidence verify
'
test_that 'the branch of statements is never forced' '
	git update-ref refs/heads/dsv-evidence \
		"$(git rev-list --max-parents=0 dsv-evidence | head -n 1)" &&
	run 0 dsv push -f origin late && [ "$(statements "$server")" -ge 4 ] &&
	[ "$(statements .)" -ge 4 ]
'
test_that 'a lost race of a branch is told with the next step' '
	git switch -q main && echo "20,x,a" >>reviews.csv && tick &&
	dsv commit -q -a -m Here && run 0 dsv push origin main &&
	cd "$ben" && git switch -q main && echo "21,x,a" >>reviews.csv && tick &&
	dsv commit -q -a -m There && run 1 dsv push origin main &&
	err_has "dsv pull" && run 0 dsv pull && run 0 dsv push origin main &&
	grep -q "^20," reviews.csv && grep -q "^21," reviews.csv
'
finish
