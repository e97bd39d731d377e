#include "cmd/hook_words.h"

#include <unistd.h>

#include <dsv/error.h>

#include "cli/term.h"

#define PROGRAM_MAX 4096 /* bytes of the program's path: PATH_MAX of Linux */

int dsv_hook_words_program(struct dsv_buf *out)
{
	char path[PROGRAM_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));

	if (n <= 0)
		return dsv_fail_errno(DSV_EIO,
				      "cannot tell where dsv itself lies");
	dsv_buf_add(out, path, (size_t)n);
	return 0;
}

void dsv_hook_words_line(const struct dsv_hook_result *hook)
{
	if (hook->state == DSV_HOOK_FOREIGN)
		dsv_term_say("the hook '%s' is not dsv's and stays as it is; "
			     "add this line to it:\n  %s",
			     hook->path, hook->line);
	else if (hook->line)
		dsv_term_say("the hook '%s' would lie outside of the "
			     "repository; add this line to it:\n  %s",
			     hook->path, hook->line);
}
