#!/bin/sh
# The #include lines of src and include keep to the layers (STYLE.md):
#
# - a folder includes what its row allows; a public header counts to the
#   folder whose source file bears its name, unless it builds on no other;
# - libraries from outside appear in the files that are named for them;
# - a source file includes its own header first.
set -eu
cd "$(dirname "$0")/../.."

rows='base: base
store: base store
format: base format
repo: base store repo
dataset: base store format repo dataset
history: base store format repo dataset history
govern: base store format repo dataset history govern
remote: base store repo remote
report: base repo dataset history govern report
cli: cli
cmd: cli cmd'

# header prefix, then the files that may include it
outside='git2 src/repo/
openssl/ src/base/digest.c src/base/sign.c
zstd src/store/chunk.c
yaml.h src/base/yaml.c
xxhash src/base/hash.c
cjson/ src/base/json.c
cJSON src/base/json.c
cmark src/govern/rules.c
utf8proc src/base/fold.c
pcre2 src/govern/pii.c
curl/ src/remote/s3.c'

awk -v rows="$rows" -v outside="$outside" '
function fail(text) {
	print FILENAME ":" FNR ": " text
	bad = 1
}
function folder_of(path, part) {
	split(path, part, "/")
	return part[2]
}
function name_of(path) {
	sub(/.*\//, "", path)
	sub(/\.[ch]$/, "", path)
	return path
}
function may(from, to) {
	return (" " row[from] " ") ~ (" " to " ")
}
function builds_on_others(header, line, found) {
	while ((getline line <header) > 0)
		if (line ~ /^#include <dsv\// && line !~ /auto\.h>/)
			found = 1
	close(header)
	return found
}
function check_outside(header, i, allowed, ok) {
	for (i = 1; i <= n_outside; i++) {
		if (index(header, prefix[i]) != 1)
			continue
		ok = 0
		split(files[i], allowed, " ")
		for (j in allowed)
			if (index(FILENAME, allowed[j]) == 1)
				ok = 1
		if (!ok)
			fail("<" header "> belongs to " files[i])
	}
}
BEGIN {
	n = split(rows, line, "\n")
	for (i = 1; i <= n; i++) {
		split(line[i], half, ": ")
		row[half[1]] = half[2]
	}
	n_outside = split(outside, line, "\n")
	for (i = 1; i <= n_outside; i++) {
		prefix[i] = line[i]
		sub(/ .*/, "", prefix[i])
		files[i] = line[i]
		sub(/^[^ ]* /, "", files[i])
	}
	for (i = 1; i < ARGC; i++) {
		exists[ARGV[i]] = 1
		folder = folder_of(ARGV[i])
		public = "include/dsv/" name_of(ARGV[i]) ".h"
		if (ARGV[i] ~ /^src\/.*\.c$/ && folder !~ /^(cli|cmd)$/ &&
		    builds_on_others(public))
			owner[name_of(ARGV[i])] = folder
	}
}
FNR == 1 {
	first = 1
	folder = FILENAME ~ /^src\// ? folder_of(FILENAME) : ""
	own = ""
	if (FILENAME ~ /\.c$/) {
		own = folder "/" name_of(FILENAME) ".h"
		if (!(("src/" own) in exists))
			own = "dsv/" name_of(FILENAME) ".h"
		if (!(("src/" own) in exists) &&
		    (folder ~ /^(cli|cmd)$/ || !(("include/" own) in exists)))
			own = ""
	}
	if (folder != "" && !(folder in row))
		fail("no layer is called " folder)
}
/^#[ \t]*include/ {
	header = $0
	sub(/^#[ \t]*include[ \t]*[<"]/, "", header)
	sub(/[>"].*/, "", header)
	if (first && own != "" && header != own)
		fail("the first include is not " own)
	first = 0
	if (header ~ /^dsv\//) {
		if (!(("include/" header) in exists))
			fail(header " does not exist")
		to = owner[name_of(header)]
		if (to != "" && folder !~ /^(cli|cmd)?$/ && !may(folder, to))
			fail(folder " may not include " header " of " to)
	} else if ($0 ~ /"/ && header ~ /\//) {
		to = header
		sub(/\/.*/, "", to)
		if (folder == "")
			fail("a public header includes " header)
		else if (!may(folder, to))
			fail(folder " may not include " header)
	} else if ($0 ~ /"/ && header != "hook_text.h") {
		fail("name " header " from src/")
	} else {
		check_outside(header)
	}
}
END { exit bad }
' src/*/*.[ch] include/dsv/*.h
echo "1 passed, 0 failed"
