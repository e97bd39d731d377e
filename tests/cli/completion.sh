. "$(dirname "$0")/lib.sh"

repo=$top
for pair in bash:dsv.bash zsh:_dsv fish:dsv.fish; do
	test_that "completions/${pair#*:} is what the tables say" "
		run 0 dsv completion ${pair%:*} &&
		cmp completions/${pair#*:} \"\$work/out\"
	"
done
test_that 'another shell is wrong usage' '
	run 2 dsv completion csh && err_has "bash, zsh or fish" &&
	run 2 dsv completion
'

test_that 'a colon in the name of a value does not end it, in zsh' '
	run 0 dsv completion zsh && out_has "REV\\:PATH" && out_lacks "REV:PATH"
'

complete_in_bash()
{
	bash -c '
		. completions/dsv.bash
		COMP_WORDS=(dsv "$@") COMP_CWORD=$#
		_dsv
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}
if command -v bash >/dev/null; then
	test_that 'bash completes commands, options, words and revisions' '
		complete_in_bash sw >got && has got switch && lacks got status &&
		complete_in_bash diff --summ >got && has got --summary &&
		complete_in_bash diff --only "" >got && has got relabelled &&
		complete_in_bash completion z >got && has got zsh &&
		complete_in_bash hook "" >got && has got run && rm got
	'
else
	skip 'bash completes' 'no bash'
fi
if command -v zsh >/dev/null; then
	test_that 'zsh reads its script' 'run 0 zsh -n completions/_dsv'
else
	skip 'zsh reads its script' 'no zsh'
fi
if command -v fish >/dev/null; then
	test_that 'fish completes commands and options' '
		run 0 fish --no-config -c "source completions/dsv.fish
			complete -C \"dsv sw\"
			complete -C \"dsv diff --summ\"" &&
		out_has switch && out_has "--summary"
	'
else
	skip 'fish completes' 'no fish'
fi
new_repo r
finish
