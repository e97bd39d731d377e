. "$(dirname "$0")/lib.sh"

repo=$work

test_that 'a new folder becomes a git repository' '
	mkdir new && cd new &&
	run 0 dsv init &&
	out_is init_new &&
	[ -d .git ] &&
	git config filter.dsv.process >filter &&
	has filter "filter-process" &&
	[ -x .git/hooks/pre-commit ] && [ -x .git/hooks/prepare-commit-msg ]
'

test_that 'a folder that is named is made' '
	run 0 dsv init made/of/parts && [ -d made/of/parts/.git ]
'

test_that 'it works again, and in an existing repository' '
	cd new && run 0 dsv init && out_has "set up already" &&
	mkdir ../old && cd ../old && git init -q &&
	run 0 dsv init && out_has "initialised" &&
	out_lacks "created" && git config filter.dsv.required >/dev/null
'

test_that 'it works below the top of the work tree' '
	mkdir -p new/a/b && cd new/a/b && run 0 dsv init &&
	[ ! -d .git ]
'

test_that 'a hook of somebody else stays and is named' '
	mkdir hooked && cd hooked && git init -q &&
	lines .git/hooks/pre-commit "#!/bin/sh" "true" &&
	chmod +x .git/hooks/pre-commit && cp .git/hooks/pre-commit kept &&
	run 0 dsv init && err_has "hook run pre-commit" &&
	cmp kept .git/hooks/pre-commit
'

test_that 'core.hooksPath is where the hooks go' '
	mkdir elsewhere && cd elsewhere && git init -q &&
	git config core.hooksPath my-hooks &&
	run 0 dsv init && [ -x my-hooks/pre-commit ] &&
	[ ! -e .git/hooks/pre-commit ]
'

test_that 'hooks of an older set-up are named by status and mended by init' '
	mkdir older && cd older && dsv init >/dev/null &&
	snapshot first "id,label" "1,cat" && run 0 dsv status &&
	out_lacks "does not call dsv" &&
	lines .git/hooks/pre-commit "#!/bin/sh" \
		"# Installed by dsv init: refuses open conflicts and raw data." \
		"exec dsv hook run pre-commit \"\$@\"" &&
	rm .git/hooks/pre-merge-commit .git/hooks/pre-push &&
	run 0 dsv status &&
	out_has "(pre-commit, pre-merge-commit, pre-push)" &&
	out_has "dsv init" && run 0 dsv init && run 0 dsv status &&
	out_lacks "does not call dsv" && [ -x .git/hooks/pre-push ] &&
	lacks .git/hooks/pre-commit "dsv init:"
'

test_that 'a folder of hooks outside of the repository is not written into' '
	mkdir far outside && cd far && git init -q &&
	git config core.hooksPath "$work/outside" && run 0 dsv init &&
	err_has "add this line to it" && err_has "hook run pre-push" &&
	[ -z "$(ls "$work/outside")" ]
'

test_that 'a clone shows pointers, and init brings the data' '
	mkdir origin && cd origin && dsv init >/dev/null &&
	snapshot first "id,label" "1,cat" "2,dog" &&
	cp -r .git/dsv ../store-of-origin &&
	git clone -q . ../clone && cd ../clone &&
	head -n 1 animals.csv >first && has first "dsv-pointer 1" &&
	run 0 dsv log && err_has "dsv init" &&
	cp -r ../store-of-origin .git/dsv &&
	run 0 dsv init && out_has "1 data file checked out" &&
	cmp animals.csv ../origin/animals.csv &&
	git status --porcelain >changed && printf "?? changed\n?? first\n" >want &&
	sed -i "/want/d" changed && cmp want changed
'

test_that 'a path with blanks and quotes in it is quoted for git' '
	mkdir "it'"'"'s here" && cd "it'"'"'s here" && dsv init >/dev/null &&
	snapshot first "id,label" "1,cat" &&
	git cat-file -p HEAD:animals.csv >pointer &&
	has pointer "dsv-pointer 1"
'

test_that 'a bare repository is refused' '
	git init -q --bare bare && run 2 dsv init bare && err_has "bare"
'

repo=$work/new
finish
