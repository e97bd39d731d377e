/*
 * Times a command: median wall time and the largest memory of any process.
 *
 *	measure RUNS PREPARE COMMAND
 *
 * PREPARE and COMMAND are given to /bin/sh; PREPARE ("" for none) runs before
 * each run and is not timed. Prints "<ms> <MB>" and exits 0; a command that
 * fails ends it with 3. Output of the command goes to /dev/null.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_RUNS 100

static double now_ms(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

/* Wall time in ms; *rss_kb grows to the peak of the command's processes. */
static double run(const char *command, long *rss_kb)
{
	double start = now_ms();
	struct rusage usage;
	int status;
	pid_t pid = fork();

	if (pid < 0)
		exit(3);
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	while (wait4(pid, &status, 0, &usage) < 0)
		if (errno != EINTR)
			exit(3);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
		fprintf(stderr, "measure: failed: %s\n", command);
		exit(3);
	}
	if (usage.ru_maxrss > *rss_kb)
		*rss_kb = usage.ru_maxrss;
	return now_ms() - start;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	int runs = argc == 4 ? atoi(argv[1]) : 0;
	double ms[MAX_RUNS];
	long rss_kb = 0, ignored = 0;

	if (runs < 1 || runs > MAX_RUNS)
		return fprintf(stderr, "usage: measure RUNS PREPARE COMMAND\n"),
		       2;
	for (int i = 0; i < runs; i++) {
		if (argv[2][0])
			run(argv[2], &ignored);
		ms[i] = run(argv[3], &rss_kb);
	}
	qsort(ms, (size_t)runs, sizeof(ms[0]), by_size);
	printf("%.1f %.0f\n", ms[runs / 2], (double)rss_kb / 1024);
	return 0;
}
