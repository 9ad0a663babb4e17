/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <dlfcn.h>
#include <glib-object.h>

/* Preloaded into tests under the thread sanitizer. GLib is not instrumented, and its locks, queues and sources are made of futexes that the sanitizer does not
 * know, so whatever is handed from thread to thread by them would look like a race. Here each of them is called as before, and the sanitizer is told what it
 * orders: who let go happens before who takes up. Nothing else is silenced; what GLib does not order is still reported. */

/* Weak: a program without the sanitizer, such as a shell, is preloaded with this too. */
extern void __tsan_acquire (void *address) __attribute__ ((weak));
extern void __tsan_release (void *address) __attribute__ ((weak));

static void
acquire (gconstpointer address)
{
  if (__tsan_acquire != NULL)
    __tsan_acquire ((void *) address);
}

static void
release (gconstpointer address)
{
  if (__tsan_release != NULL)
    __tsan_release ((void *) address);
}

static gboolean
take_up (gconstpointer address)
{
  acquire (address);

  return TRUE;
}

/* The function that this one stands before. */
#define NEXT(name) \
  static __typeof__ (&name) real; \
  if (real == NULL) \
    *(void **) &real = dlsym (RTLD_NEXT, #name)

#define LOCK(name, lock_type, result_type, taken) \
  result_type \
  name (lock_type *lock) \
  { \
    NEXT (name); \
    taken; \
  }

#undef g_mutex_lock
#undef g_mutex_unlock
LOCK (g_mutex_lock, GMutex, void, real (lock); acquire (lock))
LOCK (g_mutex_unlock, GMutex, void, release (lock); real (lock))
LOCK (g_mutex_trylock, GMutex, gboolean, return real (lock) && take_up (lock))
LOCK (g_rec_mutex_lock, GRecMutex, void, real (lock); acquire (lock))
LOCK (g_rec_mutex_unlock, GRecMutex, void, release (lock); real (lock))
LOCK (g_rec_mutex_trylock, GRecMutex, gboolean, return real (lock) && take_up (lock))
LOCK (g_rw_lock_writer_lock, GRWLock, void, real (lock); acquire (lock))
LOCK (g_rw_lock_writer_unlock, GRWLock, void, release (lock); real (lock))
LOCK (g_rw_lock_reader_lock, GRWLock, void, real (lock); acquire (lock))
LOCK (g_rw_lock_reader_unlock, GRWLock, void, release (lock); real (lock))

void
g_cond_wait (GCond  *cond,
             GMutex *mutex)
{
  NEXT (g_cond_wait);
  release (mutex);
  real (cond, mutex);
  acquire (mutex);
}

gboolean
g_cond_wait_until (GCond  *cond,
                   GMutex *mutex,
                   gint64  end_time)
{
  gboolean signalled;
  NEXT (g_cond_wait_until);
  release (mutex);
  signalled = real (cond, mutex, end_time);
  acquire (mutex);

  return signalled;
}

void
(g_once_init_leave) (volatile void *location,
                     gsize          result)
{
  NEXT (g_once_init_leave);
  release ((gconstpointer) location);
  real (location, result);
}

gboolean
(g_once_init_enter) (volatile void *location)
{
  gboolean first;
  NEXT (g_once_init_enter);
  first = real (location);
  acquire ((gconstpointer) location);

  return first;
}

void
g_async_queue_push (GAsyncQueue *queue,
                    gpointer     data)
{
  NEXT (g_async_queue_push);
  release (queue);
  real (queue, data);
}

void
g_async_queue_push_unlocked (GAsyncQueue *queue,
                             gpointer     data)
{
  NEXT (g_async_queue_push_unlocked);
  release (queue);
  real (queue, data);
}

#define POP(name) \
  gpointer \
  name (GAsyncQueue *queue) \
  { \
    gpointer data; \
    NEXT (name); \
    data = real (queue); \
    acquire (queue); \
    return data; \
  }

POP (g_async_queue_pop)
POP (g_async_queue_pop_unlocked)
POP (g_async_queue_try_pop)
POP (g_async_queue_try_pop_unlocked)

gpointer
g_async_queue_timeout_pop (GAsyncQueue *queue,
                           guint64      timeout)
{
  gpointer data;
  NEXT (g_async_queue_timeout_pop);
  data = real (queue, timeout);
  acquire (queue);

  return data;
}

/* What a pool's thread runs comes from who pushed it. */
typedef struct
{
  GFunc    func;
  gpointer data;
} Pooled;

static void
run_pooled (gpointer item,
            gpointer data)
{
  const Pooled *pooled = data;

  acquire (pooled);
  pooled->func (item, pooled->data);
  release (pooled);
}

static Pooled *
pooled_new (GFunc    func,
            gpointer data)
{
  Pooled *pooled = g_new (Pooled, 1); /* as long as the program: a thread may still look at it when the pool is gone */

  pooled->func = func;
  pooled->data = data;
  release (pooled);

  return pooled;
}

GThreadPool *
g_thread_pool_new (GFunc     func,
                   gpointer  user_data,
                   gint      max_threads,
                   gboolean  exclusive,
                   GError  **error)
{
  NEXT (g_thread_pool_new);

  return real (run_pooled, pooled_new (func, user_data), max_threads, exclusive, error);
}

GThreadPool *
g_thread_pool_new_full (GFunc           func,
                        gpointer        user_data,
                        GDestroyNotify  item_free_func,
                        gint            max_threads,
                        gboolean        exclusive,
                        GError        **error)
{
  NEXT (g_thread_pool_new_full);

  return real (run_pooled, pooled_new (func, user_data), item_free_func, max_threads, exclusive, error);
}

gboolean
g_thread_pool_push (GThreadPool  *pool,
                    gpointer      data,
                    GError      **error)
{
  NEXT (g_thread_pool_push);
  release (pool->user_data);

  return real (pool, data, error);
}

void
g_thread_pool_free (GThreadPool *pool,
                    gboolean     immediate,
                    gboolean     wait)
{
  gpointer pooled = pool->user_data;
  NEXT (g_thread_pool_free);
  real (pool, immediate, wait);
  acquire (pooled);
}

/* A source is set up and attached in one thread and dispatched in another. */
typedef struct
{
  GSource       *source;
  GSourceFunc    func;
  gpointer       data;
  GDestroyNotify destroy;
} Closure;

static gboolean
dispatch_closure (gpointer data)
{
  const Closure *closure = data;

  acquire (closure->source);

  return closure->func (closure->data);
}

static void
destroy_closure (gpointer data)
{
  Closure *closure = data;

  acquire (closure->source);
  if (closure->destroy != NULL)
    closure->destroy (closure->data);
  g_free (closure);
}

/* Only where the callback is of the plain kind, as it is for idle sources and timeouts, which are what carries things between threads. */
void
g_source_set_callback (GSource        *source,
                       GSourceFunc     func,
                       gpointer        data,
                       GDestroyNotify  notify)
{
  NEXT (g_source_set_callback);

  release (source);
  if (func != NULL && (source->source_funcs == &g_idle_funcs || source->source_funcs == &g_timeout_funcs))
    {
      Closure *closure = g_new (Closure, 1);

      *closure = (Closure) { source, func, data, notify };
      real (source, dispatch_closure, closure, destroy_closure);
    }
  else
    {
      real (source, func, data, notify);
    }
}

guint
g_source_attach (GSource      *source,
                 GMainContext *context)
{
  NEXT (g_source_attach);
  release (source);

  return real (source, context);
}

void
g_source_destroy (GSource *source)
{
  NEXT (g_source_destroy);
  release (source);
  acquire (source);
  real (source);
}

void
g_source_unref (GSource *source)
{
  NEXT (g_source_unref);
  release (source);
  acquire (source);
  real (source);
}

/* Whoever lets go last takes it apart, after all others have let go. */
#define UNREF(name, type, address) \
  void \
  name (type object) \
  { \
    NEXT (name); \
    release (address); \
    acquire (address); \
    real (object); \
  }

UNREF (g_object_unref, gpointer, object)
UNREF (g_main_context_unref, GMainContext *, object)
UNREF (g_main_loop_unref, GMainLoop *, object)
UNREF (g_ptr_array_unref, GPtrArray *, object)
UNREF (g_bytes_unref, GBytes *, object)
UNREF (g_hash_table_unref, GHashTable *, object)
UNREF (g_variant_unref, GVariant *, object)

void
g_atomic_rc_box_release_full (gpointer       block,
                              GDestroyNotify clear)
{
  NEXT (g_atomic_rc_box_release_full);
  release (block);
  acquire (block);
  real (block, clear);
}

void
g_atomic_rc_box_release (gpointer block)
{
  NEXT (g_atomic_rc_box_release);
  release (block);
  acquire (block);
  real (block);
}

gboolean
(g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  NEXT (g_atomic_ref_count_dec);
  release (count);

  return real (count) && take_up (count);
}
