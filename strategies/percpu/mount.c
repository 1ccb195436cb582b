// mc: title per-CPU counts and a sequence count: count, then look again; no CPU is halted
// mc: source Linux 4.19, fs/namespace.c: __legitimize_mnt(), mntput_no_expire(), do_umount(); with the repair of commit 250cf3693060
// mc: source here with interrupts off under the lock, since a handler looks up, too
// mc: source here it is freed at once: whoever found it has been waited for before the reference of the tree goes
// mc: learn either the get sees that the sequence moved, or the umount sees its count; on hardware a full barrier on each side sees to that
// mc: learn whether a get whose sequence moved may take its count back quietly is decided under the lock: else a full put is due
// mc: learn puts are private as long as the mount is in the tree, for its reference of the tree outlives a grace period
// mc: learn the price: a get that meets anybody who holds the lock fails, and its caller tries again with locks
// mc: expect * verified

#include <linux/atomic.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#define MNT_SYNC_UMOUNT	1
#define MNT_DOOMED	2

/*
 * MNT_DETACH, which is never refused, too, where that is no great effort; and
 * nothing else where there are several who would refuse each other for ever,
 * for the sequence goes up with each of them.
 */
#define MAY_DETACH	(MC_NESTED || MC_HANDOVER)
#define MUST_DETACH	(MC_UNLOADERS > 1)

struct mount {
	int count[NR_CPUS];
	bool in_tree;		/* mnt_ns != NULL */
	int flags;
};

/* Counted on CPU 0: the reference of the tree. */
static struct mount mnt = { .count = { 1 }, .in_tree = true };
static struct mount *mount_hash = &mnt;

/* A lock with a sequence count, which is odd while it is held. Its holder counts, so one step does. */
static DEFINE_SPINLOCK(mount_lock);
static atomic_t mount_seq;

static unsigned long lock_mount_hash(void)
{
	unsigned long flags;

	spin_lock_irqsave(&mount_lock, flags);
	// mc: why split the lock is held
	atomic_inc(&mount_seq);
	return flags;
}

static void unlock_mount_hash(unsigned long flags)
{
	// mc: why split the lock is held
	atomic_inc(&mount_seq);
	spin_unlock_irqrestore(&mount_lock, flags);
}

static int read_seqbegin(void)
{
	int seq;

	while ((seq = atomic_read(&mount_seq)) & 1)
		cpu_relax();
	return seq;
}

static int mnt_get_count(struct mount *m)
{
	int cpu, sum = 0;

	for_each_possible_cpu_ordered(cpu)
		sum += READ_ONCE(per_cpu(m->count, cpu));
	return sum;
}

/* Whether it was the last reference, and the mount is gone. */
static bool mnt_drop(struct mount *m)
{
	unsigned long flags;
	int state;
	bool last;

	rcu_read_lock();
	// mc: why check the slow way is right for every put
	if (READ_ONCE(m->in_tree)) {
		this_cpu_dec(m->count);
		rcu_read_unlock();
		return false;
	}
	flags = lock_mount_hash();
	smp_mb();
	// mc: why split with interrupts off nobody else changes the count of this CPU
	this_cpu_dec(m->count);
	state = READ_ONCE(m->flags);
	// mc: why check@35 whoever still owes a put is in the sum, so it comes to zero once
	last = mnt_get_count(m) == 0 && !(state & MNT_DOOMED);
	if (last) {
		WRITE_ONCE(m->flags, state | MNT_DOOMED);
		mc_final_put(m);
	}
	unlock_mount_hash(flags);
	rcu_read_unlock();
	if (last)
		kfree(m);
	return last;
}

mc_put void mntput(struct mount *m)
{
	mnt_drop(m);
}

/* For somebody who has a reference. */
mc_dup void mntget(struct mount *m)
{
	this_cpu_inc(m->count);
}

/* 0: counted. 1: not, and there is nothing to do. -1: the caller owes a put. */
static int legitimize_mnt(struct mount *m, int seq)
{
	unsigned long flags;
	int owes = -1;

	this_cpu_inc(m->count);
	smp_mb();
#ifdef FAULT_NO_RECHECK
	return 0;
#endif
	// mc: why check the slow way is right for every get, and fails more of them
	if (atomic_read(&mount_seq) == seq)
		return 0;
#ifdef FAULT_FLAG_OUTSIDE_LOCK
	if (READ_ONCE(m->flags) & MNT_SYNC_UMOUNT) {
		this_cpu_dec(m->count);
		return 1;
	}
#endif
	flags = lock_mount_hash();
#ifdef FAULT_FLAG_OUTSIDE_LOCK
	if (READ_ONCE(m->flags) & MNT_DOOMED) {
#else
	// mc: why check it may take its count back in any case: the tree's reference is in every sum until this get is over
	if (READ_ONCE(m->flags) & (MNT_SYNC_UMOUNT | MNT_DOOMED)) {
#endif
		// mc: why split as in mnt_drop()
		this_cpu_dec(m->count);
		owes = 1;
	}
	unlock_mount_hash(flags);
	mc_cover(owes < 0);
	mc_cover(owes > 0);
	return owes;
}

/* NULL, too, if the lock was taken meanwhile: the caller walks again with locks. */
mc_get struct mount *lookup_mnt(void)
{
	struct mount *m;
	int seq;
	int ret;

	rcu_read_lock();
	seq = read_seqbegin();
	m = READ_ONCE(mount_hash);
	ret = m ? legitimize_mnt(m, seq) : 0;
	rcu_read_unlock();
	if (ret < 0)
		mntput(m);
	return ret == 0 ? m : NULL;
}

/* Refuses if anybody but the tree has a reference, unless it is to detach. */
mc_unload bool do_umount(void)
{
	bool detach = MUST_DETACH ? true : mc_choose(1 + MAY_DETACH);
	unsigned long flags = lock_mount_hash();
	bool refused, last;

	smp_mb();
	refused = !READ_ONCE(mount_hash) || (!detach && mnt_get_count(&mnt) > 1);
	if (refused) {
		unlock_mount_hash(flags);
		return false;
	}
	// mc: why check gets that meet it fail, and might as well
	if (!detach)
		WRITE_ONCE(mnt.flags, MNT_SYNC_UMOUNT);
	// mc: why swap nobody looks at both without the lock
	WRITE_ONCE(mnt.in_tree, false);
	WRITE_ONCE(mount_hash, NULL);
	unlock_mount_hash(flags);
#ifndef FAULT_NO_GRACE_PERIOD
	synchronize_rcu();
#endif
	last = mnt_drop(&mnt);
#if MAY_DETACH || MUST_DETACH
	mc_cover(!last);
#endif
	/* It was not busy: whoever called umount() may now pull the device out. */
	mc_assert(last || detach);
	return true;
}
