/* SPDX-License-Identifier: GPL-2.0 */
/* sockapi: every call in every state. api_states.c makes the states, api_calls.c the calls. */
#ifndef API_STATES_H
#define API_STATES_H

#include "sockapi.h"

/*
 * One call in one state. @x is the socket that is in the state, @p its peer, @l what x may connect to;
 * -1: there is none. A call closes x by itself if that is what it does, and then sets it to -1.
 * @deaf: nothing reaches p any more.
 */
struct cell {
	int x, p, l;
	bool deaf;
};

struct state_call {
	const char *name;
	long (*run)(struct cell *c);
};

extern const struct state_call state_calls[];

/* A call may have more to tell than its result. */
void also(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Everything that is on its way over lo has arrived, and so have the answers to it. */
void settle(void);

int bind_any(int fd);
int connect_to_name_of(int fd, int other);
int accept_one(int l);
int unspecify(int fd);
long now_listening(int fd);

#endif
