. "$(dirname "$0")/lib.sh"

new_repo r
cd "$repo" || exit 3
if ! command -v ssh-keygen >/dev/null; then
	skip 'people' 'no ssh-keygen'
	finish
fi
# key NAME: a key without passphrase
key()
{
	ssh-keygen -q -t ed25519 -N '' -C "$1@example.org" -f "$work/$1"
}
key lead && key privacy && key other
print_of() { ssh-keygen -l -f "$work/$1.pub" | cut -d' ' -f2; }

test_that 'nobody is there at first' '
	run 0 dsv people list && out_has "dsv people add"
'

test_that 'whose key is asked where none is set' '
	run 3 dsv people add lead-a --role governance &&
	err_has "whose key? none is set for you" && err_has "--key FILE.pub" &&
	[ ! -e .dsv/people.yaml ]
'

test_that 'somebody is enrolled with a key, and staged' '
	run 0 dsv people add privacy-b --name "Privacy B" --role privacy \
		--email privacy-b@example.org --key "$work/privacy.pub" &&
	out_has "$(print_of privacy)" && out_has "next: dsv commit" &&
	out_lacks "set " && [ -z "$(git config user.signingKey)" ] &&
	git diff --cached --name-only >staged && has staged .dsv/people.yaml &&
	rm staged
'

test_that 'the same again changes nothing' '
	before=$(cat .dsv/people.yaml) &&
	run 0 dsv people add privacy-b --role privacy \
		--key "$(cat "$work/privacy.pub")" &&
	out_has "as it is" && out_lacks "next:" &&
	[ "$before" = "$(cat .dsv/people.yaml)" ]
'

test_that 'a key of somebody else is refused with file and line' '
	run 3 dsv people add lead-a --key "$work/privacy.pub" &&
	err_has ".dsv/people.yaml:8: the key $(print_of privacy) is privacy-b" &&
	err_has "key of their own"
'

test_that 'an id, a role, an address and a key of another form are refused' '
	run 2 dsv people add "Lead A" --key "$work/lead.pub" &&
	err_has "Lead A" &&
	run 2 dsv people add lead-a --role "Big Boss" --key "$work/lead.pub" &&
	err_has "Big Boss" &&
	run 2 dsv people add lead-a --email here --key "$work/lead.pub" &&
	err_has "here" && run 3 dsv people add lead-a --key nowhere.pub &&
	err_has "nowhere.pub" &&
	run 3 dsv people add lead-a --key "ssh-ed25519 AAAA" &&
	err_has "not well formed"
'

test_that '--me lets git sign the commits' '
	run 0 dsv people add lead-a --role governance,data --me \
		--email lead-a@example.org --key "$work/lead" &&
	out_has "set gpg.format = ssh" && out_has "commit.gpgSign = true" &&
	out_has "dsv.signingKey = $work/lead" &&
	run 0 dsv people add lead-a --me --key "$work/lead" && out_lacks "set "
'

test_that 'dsv commit signs, and git believes it' '
	tick && run 0 dsv commit -m "Who is who" &&
	[ "$(git log -1 --format="%G? %GS")" = "G lead-a@example.org" ] &&
	run 0 git verify-commit HEAD && err_has "$(print_of lead)"
'

test_that 'dsv merge signs the merge' '
	git switch -qc side && lines a.csv id,label 1,x &&
	dsv track a.csv --key id --label label >/dev/null && tick &&
	dsv commit -qm side && git switch -q main &&
	run 0 dsv merge --no-ff side &&
	[ "$(git log -1 --format="%G? %P")" = \
		"G $(git rev-parse HEAD^1) $(git rev-parse side)" ]
'

test_that 'another format of signatures is refused' '
	git config gpg.format openpgp &&
	run 3 dsv commit --allow-empty -m x && err_has "openpgp" &&
	err_has "git commit" && git config gpg.format ssh
'

test_that 'without ssh-keygen the package is named, and nothing is committed' '
	git config gpg.ssh.program no-such-program &&
	before=$(git rev-parse HEAD) &&
	run 3 dsv commit --allow-empty -m x && err_has "no-such-program" &&
	err_has "openssh-client" && [ "$before" = "$(git rev-parse HEAD)" ] &&
	git config --unset gpg.ssh.program
'

test_that 'what a token asks of somebody is shown at once' '
	{
		echo "#!/bin/sh"
		echo "echo Confirm user presence for key ED25519-SK >&2"
		echo "echo Signing file >&2"
		echo "exec ssh-keygen \"\$@\""
	} >"$work/program" && chmod +x "$work/program" &&
	git config gpg.ssh.program "$work/program" && tick &&
	run 0 dsv commit --allow-empty -m touched &&
	err_has "Confirm user presence for key" && err_lacks "Signing file" &&
	git config --unset gpg.ssh.program
'

# The passphrase, once it is asked for: what is typed before is thrown away.
when_asked()
{
	until grep -qs passphrase "$work/tty" || [ -e "$work/ended" ]; do
		:
	done
	echo secret
}

if have_tty; then
	test_that 'a passphrase is asked for on the terminal' '
		ssh-keygen -q -t ed25519 -N secret -f "$work/locked" &&
		git config user.signingKey "$work/locked" && tick &&
		when_asked | {
			script -qefc "dsv commit --allow-empty -m locked" \
				"$work/tty" >"$work/out"
			status=$?
			touch "$work/ended"
			[ "$status" = 0 ]
		} && out_has "Enter passphrase" &&
		[ "$(git log -1 --format=%s)" = locked ] &&
		git config user.signingKey "$work/lead"
	'
else
	skip 'a passphrase is asked for' 'no script(1)'
fi

test_that 'one key more for oneself, in roles that one has' '
	run 0 dsv people add lead-a --role data,safety --key "$work/other.pub" &&
	grep -c "ssh-ed25519" .dsv/people.yaml >n && [ "$(cat n)" = 3 ] &&
	rm n && run 0 dsv people list && out_has "governance, data, safety"
'

test_that 'the list has everybody with roles, branches and keys' '
	lines .dsv/policy.yaml "version: 1" "targets:" "  main:" \
		"    - sign-off: {role: privacy}" &&
	run 0 dsv people list && out_has "$(print_of other)" &&
	grep "^privacy-b *Privacy B *privacy *main$" "$work/out" &&
	grep "^lead-a *lead-a *governance, data, safety *-$" "$work/out"
'

test_that 'the list in JSON' '
	run 0 dsv people list --json && out_has "\"schema\":\"dsv.people-list/1\"" &&
	out_has "\"id\":\"privacy-b\",\"name\":\"Privacy B\"" &&
	out_has "\"fingerprint\":\"$(print_of privacy)\"" &&
	out_has "\"targets\":[\"main\"]"
'

test_that 'of an older commit' '
	run 0 dsv people list HEAD && out_lacks "safety" &&
	run 3 dsv people list nowhere
'

test_that 'one person, and what is asked of them' '
	run 0 dsv people show privacy-b && out_has "privacy-b@example.org" &&
	out_has "main: " && out_has "$(print_of privacy)" &&
	run 0 dsv people show privacy-b --json &&
	out_has "\"schema\":\"dsv.people-show/1\"" &&
	run 3 dsv people show privaci-b && err_has "did you mean" &&
	rm .dsv/policy.yaml
'

test_that 'a file that is not well formed is told with its line' '
	cp .dsv/people.yaml keep && echo "  - id: lead-a" >>.dsv/people.yaml &&
	run 3 dsv people list && err_has ".dsv/people.yaml:" &&
	err_has "already" && run 3 dsv people add x --key "$work/other.pub" &&
	mv keep .dsv/people.yaml
'

finish
