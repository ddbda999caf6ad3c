// A plugin for qemu-user that counts the instructions a program executes, in all its threads, and says "total insns: N" at the end.
// ../arm64.sh builds and uses it. It is for version 1 of the plugin interface (QEMU 6 to 8, Debian 12's 7.2 among them), whose header
// Debian does not package: what is needed of it is declared here.
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb; // a block of instructions, which qemu translates once and enters at its first
enum flags { NO_REGS }; // a callback that reads no registers

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, void (*)(unsigned vcpu, void *data), enum flags, void *data);
void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *), void *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
void qemu_plugin_outs(const char *);

int qemu_plugin_version = 1;

static uint64_t total;

static void executed(unsigned vcpu, void *n) {
	__atomic_fetch_add(&total, (uintptr_t)n, __ATOMIC_RELAXED);
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb) {
	qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, NO_REGS, (void *)(uintptr_t)qemu_plugin_tb_n_insns(tb));
}

static void done(plugin_id id, void *unused) {
	char line[64];
	snprintf(line, sizeof line, "total insns: %" PRIu64 "\n", total);
	qemu_plugin_outs(line);
}

int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv) {
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, done, NULL);
	return 0;
}
