/* worker.h: one thread that does one piece of work at a time beside its owner.         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_OS_WORKER_H
#define PLI_OS_WORKER_H

#include <stdbool.h>

#include <pthread.h>

/* pli_worker - fields are private to worker.c; it stays where it is between init and finish. */
typedef struct pli_worker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t is_changed;
    void (*work)(void *argument); /* NULL: none, or it is done */
    void *argument;
    bool has_thread, is_ending;
} pli_worker;

/* pli_worker_init - no thread yet. pli_worker_finish - wait, and end the thread. */
void pli_worker_init(pli_worker *worker);
void pli_worker_finish(pli_worker *worker);

/*
 * pli_worker_start - have `work` done by the thread, which is made for the first; where it cannot be made, by the caller.
 * pli_worker_wait - until it is done. Between the two the caller touches nothing that the work touches.
 *
 * The thread takes no signals. Starting while work is under way is a bug of the caller, and asserted.
 */
void pli_worker_start(pli_worker *worker, void (*work)(void *argument), void *argument);
void pli_worker_wait(pli_worker *worker);

#endif
