#include "cli/term.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <dsv/buf.h>
#include <dsv/error.h>
#include <dsv/text.h>

#define TERM_WIDTH	  80u
#define TERM_WIDTH_MIN	  10u
#define TERM_WIDTH_MAX	  1000u
#define PROGRESS_AFTER_MS 1000 /* shorter work shows nothing */

/* Set while a progress line stands on the terminal: what is on the screen is
 * one thing for the whole process. */
static volatile sig_atomic_t progress_shown;

unsigned dsv_term_width(int fd)
{
	const char *text = getenv("COLUMNS");
	struct winsize size;
	uint64_t n = 0;

	if (!isatty(fd))
		return TERM_WIDTH;
	if (!text || !dsv_parse_u64(text, strlen(text), &n))
		n = ioctl(fd, TIOCGWINSZ, &size) ? 0 : size.ws_col;
	if (n < TERM_WIDTH_MIN || n > TERM_WIDTH_MAX)
		return TERM_WIDTH;
	return (unsigned)n;
}

bool dsv_term_has_colour(int fd)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(fd) && !(no && *no) && term && strcmp(term, "dumb");
}

bool dsv_term_is_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	const char *value;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		value = getenv(names[i]);
		if (value && *value)
			return strcasestr(value, "utf-8") ||
			       strcasestr(value, "utf8");
	}
	return false;
}

static void exec_pager(int in)
{
	/* git knows which pager this person wants */
	static const char script[] =
		"p=$(git var GIT_PAGER 2>/dev/null) || p=${PAGER:-less}\n"
		"exec sh -c \"${p:-cat}\"";

	dup2(in, STDIN_FILENO);
	close(in);
	setenv("LESS", "FRX", 0);
	setenv("LV", "-c", 0);
	execlp("sh", "sh", "-c", script, (char *)NULL);
	_exit(127);
}

pid_t dsv_term_start_pager(void)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends))
		return 0;
	pid = fork();
	if (pid == 0) {
		close(ends[1]);
		exec_pager(ends[0]);
	}
	close(ends[0]);
	if (pid > 0)
		dup2(ends[1], STDOUT_FILENO);
	close(ends[1]);
	return pid > 0 ? pid : 0;
}

void dsv_term_wait_pager(pid_t pager)
{
	int null = dup(STDERR_FILENO);

	/* the pager sees the end of its input */
	if (null >= 0) {
		dup2(null, STDOUT_FILENO);
		close(null);
	}
	/* an interrupt is for the pager, which stays on the terminal */
	signal(SIGINT, SIG_IGN);
	while (waitpid(pager, NULL, 0) < 0 && errno == EINTR)
		;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void add_amount(struct dsv_buf *out, uint64_t n, const char *unit)
{
	if (!strcmp(unit, "bytes")) {
		dsv_add_size(out, n);
		return;
	}
	dsv_add_count(out, n);
	dsv_buf_addf(out, " %s", unit);
}

/* When the program began, and the stretch of work that is shown. */
struct pace {
	int64_t start_ms;
	const char *title; /* compared, never read */
	int64_t title_ms;
	uint64_t title_done; /* where it went on from */
};

/* "  8.1 MB/s  12 s left", once there is something to go by. */
static void add_pace(struct dsv_buf *out, struct pace *pace, const char *title,
		     uint64_t done, uint64_t total)
{
	int64_t now = now_ms();
	uint64_t rate;

	if (pace->title != title || done < pace->title_done) {
		pace->title = title;
		pace->title_ms = now;
		pace->title_done = done;
	}
	if (now - pace->title_ms < PROGRESS_AFTER_MS)
		return;
	rate = (uint64_t)((double)(done - pace->title_done) * 1000 /
			  (double)(now - pace->title_ms));
	dsv_buf_addstr(out, "  ");
	dsv_add_size(out, rate);
	dsv_buf_addstr(out, "/s");
	if (rate && total > done)
		dsv_buf_addf(out, "  %llu s left",
			     (unsigned long long)((total - done) / rate + 1));
}

static void show_progress(void *ctx, const char *title, uint64_t done,
			  uint64_t total, const char *unit)
{
	struct pace *pace = ctx;
	struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;
	unsigned width = dsv_term_width(STDERR_FILENO);

	if (now_ms() - pace->start_ms < PROGRESS_AFTER_MS)
		return;
	dsv_buf_addf(&line, "\r%s  ", title);
	if (total && done <= total)
		dsv_buf_addf(&line, "%u%%  ",
			     (unsigned)((double)done * 100 / (double)total));
	add_amount(&line, done, unit);
	if (!strcmp(unit, "bytes"))
		add_pace(&line, pace, title, done, total);
	if (line.len > width)
		dsv_buf_truncate(&line, width);
	dsv_buf_addstr(&line, "\033[K");
	progress_shown = 1;
	if (write(STDERR_FILENO, line.data, line.len) < 0)
		progress_shown = 0;
}

struct dsv_progress *dsv_term_progress_open(void)
{
	struct dsv_progress *progress = NULL;
	static struct pace pace;

	if (!isatty(STDERR_FILENO))
		return NULL;
	pace = (struct pace){.start_ms = now_ms()};
	dsv_progress_open(&progress, show_progress, &pace);
	return progress;
}

void dsv_term_progress_clear(void)
{
	static const char erase[] = "\r\033[K";

	if (!progress_shown)
		return;
	progress_shown = 0;
	if (write(STDERR_FILENO, erase, sizeof(erase) - 1) < 0)
		progress_shown = 0;
}

void dsv_term_say(const char *fmt, ...)
{
	struct dsv_buf shown DSV_AUTO(buf) = DSV_BUF_INIT;
	char *text = NULL;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return;
	dsv_add_shown(&shown, text, (size_t)len);
	free(text);
	dsv_term_progress_clear();
	fprintf(stderr, "%s\n", dsv_buf_str(&shown));
}

bool dsv_term_can_ask(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* One line from the terminal: 1, 0 at the end of input, negative. */
static int read_answer(struct dsv_buf *out)
{
	char ch;
	ssize_t n;

	for (;;) {
		n = read(STDIN_FILENO, &ch, 1);
		if (n < 0 && errno == EINTR && dsv_cancelled() == 0)
			continue;
		if (n < 0)
			return dsv_cancelled() < 0 ? DSV_ECANCELLED : 0;
		if (n == 0)
			return 0;
		if (ch == '\n')
			return 1;
		dsv_buf_addch(out, ch);
	}
}

static void trim(struct dsv_buf *line)
{
	const char *text = dsv_buf_str(line);
	const size_t from = strspn(text, " \t\r");
	size_t to = line->len;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	while (to > from && strchr(" \t\r", text[to - 1]))
		to--;
	dsv_buf_add(&out, text + from, to - from);
	dsv_buf_swap(line, &out);
}

int dsv_term_line(const char *prompt, struct dsv_buf *out)
{
	struct dsv_buf shown DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	if (!dsv_term_can_ask())
		return dsv_fail(DSV_EUSAGE, "no terminal to ask on");
	dsv_term_progress_clear();
	dsv_add_shown(&shown, prompt, strlen(prompt));
	fprintf(stderr, "%s ", dsv_buf_str(&shown));
	fflush(stderr);
	dsv_buf_reset(out);
	rc = read_answer(out);
	trim(out);
	return rc;
}

static bool is_yes(const struct dsv_buf *answer)
{
	return !strcasecmp(dsv_buf_str(answer), "y") ||
	       !strcasecmp(dsv_buf_str(answer), "yes");
}

static int ask(const char *question, const char *choice, bool fallback)
{
	struct dsv_buf answer DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf prompt DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	dsv_buf_addf(&prompt, "%s [%s]", question, choice);
	rc = dsv_term_line(dsv_buf_str(&prompt), &answer);
	if (rc <= 0)
		return rc;
	return answer.len ? is_yes(&answer) : fallback;
}

int dsv_term_ask(const char *question)
{
	return ask(question, "Y/n", true);
}

int dsv_term_confirm(const char *question)
{
	return ask(question, "y/N", false);
}
