package checker

import "syscall"

// madvHugepage asks for large pages: a search touches its table all over, and
// finding small pages takes longer than the memory itself.
const madvHugepage = 14

// reserveMemory reserves so many bytes of address space; nil where that fails.
func reserveMemory(n int64) []byte {
	if int64(int(n)) != n {
		return nil
	}
	b, err := syscall.Mmap(-1, 0, int(n), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	if err != nil {
		return nil
	}
	_ = syscall.Madvise(b, madvHugepage) // without them it is only slower
	return b
}

func releaseMemory(b []byte) { _ = syscall.Munmap(b) }
