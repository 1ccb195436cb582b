//go:build ignore

// mc: title a session that is found through a table
// mc: source made up: the project of somebody who uses lastput
// mc: learn a lookup and the count it takes have to be one step to the last put
// mc: expect * verified
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <mc.h>

struct session {
	int users;
};

static struct session session = { .users = 1 };
static struct session *current_session = &session;
static DEFINE_SPINLOCK(lock);

mc_get struct session *session_get(void)
{
	struct session *s;
	unsigned long flags;

#ifdef LOOKUP_OUTSIDE_LOCK
	s = READ_ONCE(current_session);
	spin_lock_irqsave(&lock, flags);
#else
	spin_lock_irqsave(&lock, flags);
	s = current_session;
#endif
	if (s)
		s->users++;
	spin_unlock_irqrestore(&lock, flags);
	return s;
}

mc_put void session_put(struct session *s)
{
	unsigned long flags;
	bool last;

	spin_lock_irqsave(&lock, flags);
	last = --s->users == 0;
	spin_unlock_irqrestore(&lock, flags);
	if (last)
		mc_release(s);
}

mc_unload bool session_close(void)
{
	struct session *s;
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	s = current_session;
	current_session = NULL;
	spin_unlock_irqrestore(&lock, flags);
	if (s)
		session_put(s);
	return true;
}
