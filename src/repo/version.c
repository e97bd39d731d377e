#include <dsv/version.h>

#include <git2.h>
#include <stdio.h>

const char *dsv_version_libgit2(void)
{
	static _Thread_local char text[32];
	int major, minor, revision;

	git_libgit2_version(&major, &minor, &revision);
	snprintf(text, sizeof(text), "%d.%d.%d", major, minor, revision);
	return text;
}
