. "$(dirname "$0")/lib.sh"

repo=$work
test_that 'dsv help lists every command once' 'run 0 dsv help && out_is help'
test_that 'dsv -h and --help are the same' '
	run 0 dsv -h && out_is help && run 0 dsv --help && out_is help
'
test_that 'nothing asked is wrong usage' '
	run 2 dsv && err_has "dsv help lists the commands"
'
test_that '-h and --help of every command work outside of a repository' '
	dsv help --synopsis >names && while read -r name; do
		run 0 dsv $name -h && out_has "usage: dsv $name" &&
		run 0 dsv $name --help && run 0 dsv help $name || exit 1
	done <names
'
test_that 'no line of help is wider than 80 columns' '
	dsv help --synopsis >names && while read -r name; do
		dsv $name -h >>all || exit 1
	done <names; ! grep ".\{81\}" all
'
test_that 'what is like a command is proposed' '
	run 2 dsv swich && err_has "did you mean '"'dsv switch'"'?" &&
	run 2 dsv xyzzy && err_has "dsv help"
'
test_that 'a command that is made of commands lists them' '
	run 0 dsv hook -h && out_has "usage: dsv hook install|run" &&
	run 0 dsv help hook && out_has "  run  " &&
	run 2 dsv hook && err_has "dsv hook -h" &&
	run 2 dsv hook --json && run 2 dsv help hook nosuch
'
test_that 'what is like a command of a command is proposed' '
	run 2 dsv hook rnu && err_has "no command '"'hook rnu'"'" &&
	err_has "did you mean '"'dsv hook run'"'?"
'
test_that 'what is git'"'"'s says so' '
	for name in branch tag stash rm rebase; do
		run 2 dsv $name && err_has "use git $name" || exit 1
	done
'
test_that 'options are read as git reads them' '
	git init -q r && cd r && git commit -q --allow-empty -m "one two" &&
	run 0 dsv log -n1 --oneline && run 0 dsv log -n 1 --oneline &&
	run 0 dsv log --max-count=1 --oneline && run 0 dsv log --oneline -n1 HEAD &&
	run 2 dsv log -n && err_has "needs a value" &&
	run 2 dsv log --oneline=yes && err_has "takes no value" &&
	run 2 dsv log -n x && err_has "number" && run 2 dsv log -x &&
	run 2 dsv log --onelin && err_has "did you mean '"'--oneline'"'?" &&
	run 2 dsv log --one
'
test_that '-C goes elsewhere first' '
	mkdir -p other && run 0 dsv -C r log --oneline && out_has "one two" &&
	run 3 dsv -C nosuch log && err_has nosuch && run 2 dsv --nosuch log
'
test_that 'a command that needs a repository says so' '
	mkdir -p none && cd none && GIT_CEILING_DIRECTORIES=$work run 3 dsv status &&
	err_has "hint:"
'
new_repo last
finish
