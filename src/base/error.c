#include <dsv/error.h>

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define MESSAGE_MAX 8192u /* bytes: two of the longest paths; longer is cut */

struct thread_error {
	char message[MESSAGE_MAX];
	char hint[MESSAGE_MAX];
};

static _Thread_local struct thread_error last;
static volatile sig_atomic_t cancel_asked;

/* Arguments may point into the text that is replaced, so write beside it. */
__attribute__((format(printf, 2, 0))) static void
record(char *into, const char *fmt, va_list args)
{
	char text[MESSAGE_MAX];

	vsnprintf(text, sizeof(text), fmt, args);
	memcpy(into, text, strlen(text) + 1);
}

static void append(char *into, const char *text)
{
	size_t len = strlen(into);

	snprintf(into + len, MESSAGE_MAX - len, "%s", text);
}

/* "No such file" reads "no such file" inside a message; "RPC" stays. */
static void append_errno(int err)
{
	char space[256];
	char text[256];

	snprintf(text, sizeof(text), "%s",
		 strerror_r(err, space, sizeof(space)));
	if (text[0] && islower((unsigned char)text[1]))
		text[0] = (char)tolower((unsigned char)text[0]);
	append(last.message, ": ");
	append(last.message, text);
}

int dsv_fail(int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	record(last.message, fmt, args);
	va_end(args);
	last.hint[0] = '\0';
	return code;
}

int dsv_fail_errno(int code, const char *fmt, ...)
{
	int err = errno;
	va_list args;

	va_start(args, fmt);
	record(last.message, fmt, args);
	va_end(args);
	append_errno(err);
	last.hint[0] = '\0';
	errno = err;
	return code;
}

int dsv_fail_prefix(int code, const char *fmt, ...)
{
	char old[MESSAGE_MAX];
	va_list args;

	memcpy(old, last.message, sizeof(old));
	va_start(args, fmt);
	record(last.message, fmt, args);
	va_end(args);
	append(last.message, ": ");
	append(last.message, old);
	return code;
}

int dsv_hint(int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	record(last.hint, fmt, args);
	va_end(args);
	return code;
}

const char *dsv_error_message(void)
{
	return last.message;
}

const char *dsv_error_hint(void)
{
	return last.hint[0] ? last.hint : NULL;
}

void dsv_error_clear(void)
{
	last.message[0] = '\0';
	last.hint[0] = '\0';
}

void dsv_cancel(void)
{
	cancel_asked = 1;
}

int dsv_cancelled(void)
{
	if (!cancel_asked)
		return 0;
	return dsv_fail(DSV_ECANCELLED, "interrupted");
}
