/* worker.c: one thread that does one piece of work at a time beside its owner.         SPDX-License-Identifier: Apache-2.0 */
#include "os/worker.h"

#include <signal.h>
#include <string.h>

#include "base/assert.h"

void
pli_worker_init(pli_worker *worker) {
    memset(worker, 0, sizeof *worker);
    int failure = pthread_mutex_init(&worker->lock, NULL);
    failure = failure == 0 ? pthread_cond_init(&worker->is_changed, NULL) : failure;
    PLI_ASSERT(failure == 0); // neither takes anything that could run out
}

static void *
serve(void *context) {
    pli_worker *worker = context;
    pthread_mutex_lock(&worker->lock);
    while (worker->work != NULL || !worker->is_ending) {
        if (worker->work == NULL) {
            pthread_cond_wait(&worker->is_changed, &worker->lock);
            continue;
        }
        pthread_mutex_unlock(&worker->lock);
        worker->work(worker->argument);
        pthread_mutex_lock(&worker->lock);
        worker->work = NULL;
        pthread_cond_broadcast(&worker->is_changed);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

// Signals are for the threads that wait for them: what this one does is not to be interrupted.
static bool
make_thread(pli_worker *worker) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(&worker->thread, NULL, serve, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure == 0;
}

void
pli_worker_start(pli_worker *worker, void (*work)(void *argument), void *argument) {
    worker->has_thread = worker->has_thread || make_thread(worker);
    if (!worker->has_thread) {
        work(argument);
        return;
    }
    pthread_mutex_lock(&worker->lock);
    PLI_ASSERT(worker->work == NULL);
    worker->work = work;
    worker->argument = argument;
    pthread_cond_broadcast(&worker->is_changed);
    pthread_mutex_unlock(&worker->lock);
}

void
pli_worker_wait(pli_worker *worker) {
    pthread_mutex_lock(&worker->lock);
    while (worker->work != NULL) {
        pthread_cond_wait(&worker->is_changed, &worker->lock);
    }
    pthread_mutex_unlock(&worker->lock);
}

void
pli_worker_finish(pli_worker *worker) {
    pli_worker_wait(worker);
    if (worker->has_thread) {
        pthread_mutex_lock(&worker->lock);
        worker->is_ending = true;
        pthread_cond_broadcast(&worker->is_changed);
        pthread_mutex_unlock(&worker->lock);
        pthread_join(worker->thread, NULL);
    }
    pthread_cond_destroy(&worker->is_changed);
    pthread_mutex_destroy(&worker->lock);
}
