#!/bin/sh
# The first two minutes with dsv, played on a small table of product reviews.
#
#	demo.sh DIR      (make demo)
#
# DIR is made anew; the repository stays there to be looked at.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=$1
mkdir -p "$dir"
dir=$(cd "$dir" && pwd -P)/reviews
# DIR may lie in the work tree of another repository, which is none of ours.
export GIT_CEILING_DIRECTORIES="${dir%/*}"
rm -rf "$dir"
mkdir "$dir"
cd "$dir"

# One clock and one author for everybody, so that the commits are the same.
export GIT_AUTHOR_NAME='Team Lead A' GIT_AUTHOR_EMAIL=lead-a@example.org
export GIT_COMMITTER_NAME="$GIT_AUTHOR_NAME"
export GIT_COMMITTER_EMAIL="$GIT_AUTHOR_EMAIL"
# libgit2 reads the name of the first branch from files only, so a home of the
# demo's own, where the settings of the person play no part either.
HOME=${dir%/*}/home
XDG_CONFIG_HOME=$HOME/.config
export HOME XDG_CONFIG_HOME GIT_CONFIG_NOSYSTEM=1
rm -rf "$HOME"
mkdir "$HOME"
git config --global init.defaultBranch main

at()
{
	export GIT_AUTHOR_DATE="$1T09:00:00+0000"
	export GIT_COMMITTER_DATE="$GIT_AUTHOR_DATE"
}

# play COMMAND: show it as typed, then do it
play()
{
	printf '\n$ %s\n' "$1"
	eval "$1"
}

at 2025-02-03
play 'dsv init'
mkdir guidelines
cp "$here/reviews.csv" .
cp "$here/sentiment-1.md" guidelines/sentiment.md
play 'dsv track reviews.csv --guideline sentiment --yes'
play 'dsv add guidelines'
play 'dsv commit -m "First labels"'

at 2025-03-03
cp "$here/sentiment-2.md" guidelines/sentiment.md
play "sed -i 's/^\(4711,.*\),neutral,/\1,neg,/; s/^\(4712,.*\),pos,/\1,neg,/' reviews.csv"
play 'dsv diff'
play 'dsv status'
play 'dsv commit -am "Sarcasm is negative"'

at 2025-03-10
cat "$here/delivery.csv" >>reviews.csv
play 'dsv diff --summary'
play 'dsv commit -am "Deliver batch caro-01"'
play 'dsv log'
play 'dsv labels reviews.csv'
play 'dsv diff HEAD~2 HEAD --stat'
play 'dsv blame reviews.csv:4711'
play 'dsv blame reviews.csv --field sentiment --summary'
play 'dsv changelog --md'
play 'dsv fsck'
play 'dsv track revews.csv' || true

printf '\nThe repository lies in %s\n' "$dir"
