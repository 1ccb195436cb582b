// Package strategies holds the built-in models: synchronization strategies for
// tearing an object down while somebody may still get a reference to it, right
// ones and broken ones. Each is a C file, a folder for each family; a broken
// one is a variant of the right one beside it.
package strategies

import (
	"embed"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"lastput/spec"
)

//go:embed */*.c
var files embed.FS

// paths lists the strategies in the order in which they are shown: a right one
// before the variants that break it.
var paths = []string{
	"module/stop_machine.c",
	"module/stop_machine_fifo.c",
	"module/stop_machine_low_priority.c",
	"module/no_stop.c",
	"module/stop_machine_unchecked_get.c",
	"module/stop_machine_plain_inc.c",
	"module/isolated_skip.c",
	"module/isolated_slow_path.c",
	"module/isolated_slow_path_lockless_put.c",
	"module/wait_zero.c",
	"module/wait_zero_tally.c",
	"module/wait_zero_no_grace_period.c",
	"module/wait_zero_free_at_once.c",
	"module/wait_zero_check_before_sleep.c",
	"module/wait_zero_state_first.c",
	"module/wait_zero_put_by_count.c",
	"module/incs_decs.c",
	"module/incs_decs_incs_first.c",
	"module/rcu.c",
	"module/rcu_no_grace_period.c",
	"module/rcu_wrong_flavour.c",
	"module/rcu_reader_outside.c",
	"module/rcu_check_first.c",
	"module/rcu_callback.c",
	"module/rcu_no_barrier.c",
	"module/module_base.c",
	"module/module_base_readd.c",
	"module/module_base_check_then_act.c",
	"module/module_base_plain_inc.c",
	"module/module_base_read_then_inc.c",
	"module/module_base_state_only.c",
	"module/module_base_no_grace_period.c",
	"module/module_base_wrong_flavour.c",
	"module/module_base_late_touch.c",
	"module/module_base_put_then_return.c",
	"lookup/lookup_lock.c",
	"lookup/lookup_lock_plain.c",
	"lookup/atomic_dec_and_lock.c",
	"lookup/dec_then_lock.c",
	"lookup/dec_and_lock_recheck.c",
	"lookup/nonatomic_last.c",
	"lookup/refcount.c",
	"lookup/refcount_saturated.c",
	"lookup/refcount_overflow.c",
	"lookup/lockref.c",
	"lookup/lockref_ignores_lock.c",
	"lookup/rcuref.c",
	"lookup/rcuref_reread.c",
	"lookup/rcuref_preemptible_put.c",
	"lookup/rcuref_plain_dead.c",
	"lookup/rcuref_saturated.c",
	"lookup/rcuref_small_zone.c",
	"lookup/file_ref.c",
	"lookup/file_ref_blind_dead.c",
	"kref/kref.c",
	"kref/kref_plain_get.c",
	"kref/kref_get_later.c",
	"kref/kref_no_grace_period.c",
	"kref/kref_lock.c",
	"kref/kref_unless_zero.c",
	"hazard/hazard_pointer.c",
	"hazard/hazard_pointer_no_reread.c",
	"hazard/hazard_pointer_reread_first.c",
	"hazard/hazard_pointer_scan_first.c",
	"percpu/percpu_ref.c",
	"percpu/percpu_ref_no_bias.c",
	"percpu/percpu_ref_no_grace_period.c",
	"percpu/percpu_ref_bias_first.c",
	"percpu/percpu_ref_second_load.c",
	"percpu/percpu_ref_atomic_only.c",
	"percpu/percpu_ref_in_parts.c",
	"percpu/percpu_ref_confirm.c",
	"percpu/percpu_ref_unconfirmed.c",
	"percpu/percpu_ref_switch.c",
	"percpu/percpu_ref_switch_early.c",
	"percpu/percpu_ref_reinit.c",
	"percpu/percpu_ref_resurrect_early.c",
	"percpu/srcu.c",
	"percpu/srcu_no_flip.c",
	"percpu/srcu_one_grace_period.c",
	"percpu/brlock.c",
	"percpu/brlock_hotplug.c",
	"percpu/brlock_online.c",
	"percpu/brlock_any_order.c",
	"percpu/mount.c",
	"percpu/mount_no_recheck.c",
	"percpu/mount_flag_outside_lock.c",
	"percpu/mount_no_grace_period.c",
	"percpu/refcache.c",
	"percpu/refcache_skips_zero.c",
	"percpu/refcache_review_after_one.c",
	"percpu/refcache_no_dirty.c",
	"shared_count/weak_upgrade.c",
	"shared_count/weak_upgrade_load_then_add.c",
	"shared_count/weak_upgrade_memory_first.c",
	"shared_count/weak_upgrade_no_implicit_weak.c",
	"shared_count/biased.c",
	"shared_count/biased_forgets_shared.c",
	"shared_count/biased_subtract_and_queue.c",
	"shared_count/biased_zero_is_last.c",
}

// models holds a function for each of paths that reads the model once, when it
// is first asked for.
var models = func() []func() *spec.Model {
	var out []func() *spec.Model
	for _, p := range paths {
		out = append(out, sync.OnceValue(func() *spec.Model {
			m, err := spec.Load(files, p)
			if err != nil {
				panic(fmt.Sprintf("strategies: internal error: %v", err))
			}
			m.Path = "" // who uses it has no such file
			return m
		}))
	}
	return out
}()

// All returns every strategy, in the order in which they are shown. No more are
// read at a time than there are CPUs: what takes long to read is refused, and each
// would take as long as all of them.
func All() []*spec.Model {
	out := make([]*spec.Model, len(models))
	var wg sync.WaitGroup
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(models); i = next.Add(1) - 1 {
				out[i] = models[i]()
			}
		})
	}
	wg.Wait()
	return out
}

// Names returns the names of All.
func Names() []string {
	var names []string
	for _, p := range paths {
		names = append(names, strings.TrimSuffix(path.Base(p), ".c"))
	}
	return names
}

// Find returns the strategy of that name.
func Find(name string) (*spec.Model, bool) {
	i := slices.Index(Names(), name)
	if i < 0 {
		return nil, false
	}
	return models[i](), true
}
