. "$(dirname "$0")/lib.sh"

new_repo r
(cd "$repo" && snapshot First "id,label" "1,cat" "2,dog")

test_that 'pre-commit refuses raw data at a filtered path' '
	echo 3,owl >>animals.csv &&
	git -c filter.dsv.process= -c filter.dsv.clean=cat \
		-c filter.dsv.required=false add animals.csv &&
	run 1 git commit -qm Raw && err_has "animals.csv" &&
	err_has "dsv add --renormalize" && run 1 dsv commit -m Raw &&
	run 0 dsv add --renormalize animals.csv &&
	run 0 git commit -qm Mended
'
test_that 'prepare-commit-msg replaces what stands there' '
	echo 4,ant >>animals.csv && git add animals.csv &&
	git commit -qm "Text" -m "Dsv-Change: animals +99" &&
	git log -1 --format=%B >message && lacks message "+99" &&
	has message "Dsv-Change: animals +1"
'
test_that 'a message without text stays as it is' '
	printf "\n# comment\n" >message && cp message kept &&
	run 0 dsv hook run prepare-commit-msg message && cmp message kept
'
test_that 'git commit --amend compares with the parent' '
	echo 5,bee >>animals.csv && git add animals.csv &&
	git commit -q --amend --no-edit &&
	git log -1 --format=%B >message && has message "Dsv-Change: animals +2" &&
	[ "$(grep -c Dsv-Change message)" -eq 1 ]
'
test_that 'git commit FILE computes from the index that git hands it' '
	lines other.csv id,label 1,x &&
	dsv track other.csv --key id --label label >/dev/null &&
	echo 6,elk >>animals.csv && git commit -q -m Only animals.csv &&
	git log -1 --format=%B >message && has message "Dsv-Change: animals +1" &&
	lacks message "Dsv-Change: other"
'
# policy LINE...: below targets, main
policy()
{
	lines .dsv/policy.yaml 'version: 1' 'targets:' '  main:' "$@"
}
# both: git commit, and dsv commit, refuse what is staged; err_has of both
both_refuse()
{
	run 1 git commit -qm Broken && err_has "$1" &&
		run 1 dsv commit -m Broken && err_has "$1"
}

test_that 'definitions that cannot be read are not committed' '
	cp .dsv/datasets.yaml kept &&
	sed "s/key:/kee:/" kept >.dsv/datasets.yaml &&
	git add .dsv/datasets.yaml && both_refuse ".dsv/datasets.yaml:" &&
	mv kept .dsv/datasets.yaml && git add .dsv/datasets.yaml
'
test_that 'nor are policy, people, checklists and decisions' '
	policy "    - sign-of: {role: privacy}" && git add .dsv/policy.yaml &&
	both_refuse ".dsv/policy.yaml:4" && git rm -qf .dsv/policy.yaml &&
	lines .dsv/people.yaml "version: 1" "people:" "  - id: A B" &&
	git add .dsv/people.yaml && both_refuse ".dsv/people.yaml:3" &&
	git rm -qf .dsv/people.yaml && mkdir -p .dsv/checklists &&
	lines .dsv/checklists/privacy.yaml "version: 1" "id: other" &&
	git add .dsv/checklists && both_refuse ".dsv/checklists/privacy.yaml" &&
	git rm -qrf .dsv/checklists &&
	lines .dsv/scan.yaml "version: 2" && git add .dsv/scan.yaml &&
	both_refuse ".dsv/scan.yaml:1" && git rm -qf .dsv/scan.yaml
'
test_that 'what the work tree has beside the index is not asked for' '
	lines .dsv/policy.yaml "version: 7" &&
	run 0 git commit -q --allow-empty -m Empty &&
	run 0 dsv commit --allow-empty -m Empty && rm .dsv/policy.yaml
'
test_that 'a guideline edited under its version is refused' '
	mkdir -p guidelines && lines guidelines/pets.md "---" "id: pets" \
		"version: 1.0.0" "status: draft" "---" "Look twice." &&
	git add guidelines && run 0 git commit -qm Guideline &&
	sed -i "s/twice/once/" guidelines/pets.md && git add guidelines &&
	both_refuse "guidelines/pets.md:" && err_has "dsv guideline bump pets" &&
	sed -i "s/^version: .*/version: 1.0.1/" guidelines/pets.md &&
	git add guidelines && run 0 git commit -qm Bumped
'
test_that 'a text beside the guidelines is no guideline' '
	echo Hello >guidelines/readme.md && git add guidelines &&
	run 0 dsv commit -m Text && echo World >guidelines/readme.md &&
	git add guidelines && run 0 git commit -qm Text
'
test_that '--no-verify passes both' '
	lines .dsv/policy.yaml "version: 7" && git add .dsv/policy.yaml &&
	run 1 dsv commit -m Broken && run 0 dsv commit -q --no-verify -m Broken &&
	git reset -q --soft HEAD~1 && run 1 git commit -qm Broken &&
	run 0 git commit -q --no-verify -m Broken && git rm -q .dsv/policy.yaml &&
	run 0 dsv commit -q -m Mended
'
test_that 'a merge asks the same' '
	git switch -q -c side && lines .dsv/policy.yaml "version: 7" &&
	git add .dsv/policy.yaml && git commit -q --no-verify -m Broken &&
	git switch -q main && git commit -q --allow-empty -m On &&
	run 1 git merge -q --no-edit side && err_has ".dsv/policy.yaml:1" &&
	git merge --abort && run 1 dsv merge side &&
	err_has ".dsv/policy.yaml:1" && dsv merge --abort >/dev/null
'
test_that 'hook install puts back what is missing, and nothing else' '
	rm .git/hooks/pre-push && run 0 dsv hook install &&
	out_has "installed  pre-push" && out_has "there      pre-commit" &&
	[ -x .git/hooks/pre-push ] && [ ! -e .git/hooks/pre-receive ]
'
test_that 'hook install respects core.hooksPath and hooks of others' '
	mkdir ../shared && git config core.hooksPath "$work/shared" &&
	run 0 dsv hook install && err_has "outside of the repository" &&
	err_has "hook run pre-push" && [ ! -e ../shared/pre-push ] &&
	git config core.hooksPath mine && mkdir mine &&
	lines mine/pre-merge-commit "#!/bin/sh" true &&
	run 0 dsv hook install && err_has "hook run pre-merge-commit" &&
	[ -x mine/pre-push ] && has mine/pre-merge-commit true &&
	rm -r mine && git config --unset core.hooksPath
'
test_that 'without dsv commit and push are refused' '
	program=$(git config dsv.program) && git config dsv.program /nowhere &&
	PATH=/usr/bin:/bin && for hook in pre-commit pre-merge-commit; do
		run 1 .git/hooks/$hook && err_has "dsv not found" || exit 1
	done
	run 1 .git/hooks/pre-push origin far </dev/null && err_has "not found" &&
	git config dsv.program "$program"
'
test_that 'no hook of that name is wrong usage' '
	run 2 dsv hook run nonsense && run 2 dsv hook run
'
finish
