. "$(dirname "$0")/lib.sh"

new_repo r
cd "$repo" || exit 3
if ! command -v ssh-keygen >/dev/null || ! command -v jq >/dev/null; then
	skip 'the examples for CI' 'no ssh-keygen or no jq'
	finish
fi
# blocks FILE: every block of shell, as N.sh in $work/blocks
blocks()
{
	rm -rf "$work/blocks" && mkdir "$work/blocks" &&
		awk -v to="$work/blocks/" '
		function indent(s) { match(s, /^ */); return RLENGTH }
		inside && $0 != "" && indent($0) <= outer { inside = 0 }
		inside {
			if (width < 0)
				width = indent($0)
			print substr($0, width + 1) >(to n ".sh")
			next
		}
		/^ *(- |run: )\|$/ {
			inside = 1
			outer = indent($0)
			width = -1
			n++
		}' "$1"
}
# step N: as the host runs it
step() { sh -e "$work/blocks/$1.sh"; }

ssh-keygen -q -t ed25519 -N '' -C privacy -f "$work/privacy"
server=$work/server.git
git init -q --bare "$server" && git remote add origin "$server"
lines reviews.csv 'id,label,text' '1,pos,fine' '2,neg,bad'
dsv track reviews.csv --name reviews --key id --label label >/dev/null
dsv people add privacy-b --role privacy,governance --key "$work/privacy.pub" \
	>/dev/null
lines .dsv/policy.yaml 'version: 1' 'targets:' '  main:' \
	'    - sign-off: {role: privacy}' '    - governance: {role: governance}'
git add .dsv/policy.yaml && dsv commit -q -a -m base
git push -q origin main 2>/dev/null
git switch -q -c acme
lines reviews.csv 'id,label,text' '1,neg,fine' '2,neg,bad' '3,pos,good'
dsv commit -q -a -m Delivery
head=$(git rev-parse acme)
git push -q origin acme 2>/dev/null
git -C "$server" update-ref refs/pull/7/head "$head"
git -C "$server" update-ref refs/merge-requests/7/head "$head"

# What the hosts have: gh and curl, that write down what is asked of them.
mkdir "$work/bin" && PATH=$work/bin:$PATH
cat >"$work/bin/gh" <<'X'
#!/bin/sh
echo "gh $*" >>"$CALLS"
case $* in
*pulls\?state=open*) echo "7 $HEAD_OF_7 main" ;;
*--edit-last*) exit 1 ;;
esac
X
cat >"$work/bin/curl" <<'X'
#!/bin/sh
echo "curl $*" >>"$CALLS"
case $* in
*merge_requests*) echo "[{\"iid\":7,\"sha\":\"$HEAD_OF_7\",\"target_branch\":\"main\"}]" ;;
esac
X
chmod +x "$work/bin/gh" "$work/bin/curl"
export CALLS="$work/calls" HEAD_OF_7="$head"
clone()
{
	cd "$repo" && rm -rf "$work/clone" "$CALLS" && git clone -q "$server" \
		"$work/clone" &&
		cd "$work/clone" && git checkout -q main
}

github()
{
	export GITHUB_WORKSPACE="$work/clone" GITHUB_REPOSITORY=team/reviews
	export RUNNER_TEMP="$work/temp" GITHUB_STEP_SUMMARY="$work/summary"
	export RUN_URL=https://host.example/run DSV_CONTENT="$repo/.git/dsv"
	rm -rf "$work/temp" "$work/summary" && mkdir "$work/temp" &&
		blocks "$top/docs/ci/github-actions.yml" && clone &&
		step 1 && step 2 && step 3 && step 4
}
pull_request()
{
	export PULL_NUMBER=7 PULL_HEAD="$head" PULL_BASE=main
	github
}
schedule()
{
	export PULL_NUMBER= PULL_HEAD= PULL_BASE=
	github
}
gitlab()
{
	export CI_COMMIT_SHA="$head" CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main
	export CI_API_V4_URL=https://host.example/api/v4 CI_PROJECT_ID=1
	export DSV_TOKEN=secret DSV_CONTENT="$repo/.git/dsv"
	blocks "$top/docs/ci/gitlab-ci.yml" && clone && step 1
}

test_that 'every step of the examples is run here' '
	blocks "$top/docs/ci/github-actions.yml" &&
	[ "$(ls "$work/blocks" | wc -l)" -eq 4 ] &&
	[ "$(grep -c "run:" "$top/docs/ci/github-actions.yml")" -eq 4 ] &&
	blocks "$top/docs/ci/gitlab-ci.yml" &&
	[ "$(ls "$work/blocks" | wc -l)" -eq 3 ] &&
	[ "$(grep -c "script:" "$top/docs/ci/gitlab-ci.yml")" -eq 3 ]
'
test_that 'GitHub: a change without its sign-off has a red status' '
	pull_request && has "$CALLS" "statuses/$head" &&
	has "$CALLS" "state=failure" && has "$CALLS" "pr comment 7" &&
	has "$work/summary" refused && has verdicts/7.xml "<failure" &&
	has verdicts/7.json "\"type\""
'
test_that 'GitLab: the job fails, and leaves its reports' '
	gitlab && run 1 step 2 && out_has "missing   privacy" &&
	has verdict.md refused && has verdict.xml "<failure" &&
	has verdict.json "\"type\""
'
test_that 'without the content it is an error, not a pass' '
	gitlab && rm -rf .git/dsv &&
	git config remote.origin.dsvData "$work/nowhere" &&
	run 1 step 2 && out_has "is not here"
'
test_that 'once the evidence is there, the schedules turn it green' '
	dsv signoff approve --key "$work/privacy" --role privacy >/dev/null &&
	schedule && has "$CALLS" "statuses/$head" &&
	has "$CALLS" "state=success" && lacks "$CALLS" "state=failure" &&
	gitlab && run 0 step 2 && run 0 step 3 &&
	has "$CALLS" "state=success -d name=dsv" &&
	has "$CALLS" "statuses/$head" && lacks "$CALLS" "state=failed"
'
test_that 'a policy that the change brings along is not asked' '
	lines .dsv/policy.yaml "version: 1" "targets: {}" &&
	dsv commit -q -a --no-verify -m Mine && head=$(git rev-parse HEAD) &&
	HEAD_OF_7=$head && git push -q origin acme 2>/dev/null &&
	git -C "$server" update-ref refs/pull/7/head "$head" &&
	git -C "$server" update-ref refs/merge-requests/7/head "$head" &&
	pull_request && has "$CALLS" "state=failure" && gitlab && step 3 &&
	has "$CALLS" "state=failed" && cd "$repo" && git reset -q --hard HEAD~1
'
test_that 'what cannot be judged at all is an error' '
	PULL_BASE=nowhere && export PULL_BASE PULL_NUMBER=7 PULL_HEAD="$head" &&
	github && has "$CALLS" "state=error" && lacks "$CALLS" "pr comment"
'
finish
