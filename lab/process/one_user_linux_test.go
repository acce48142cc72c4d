package process

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

func init() { roles["change"] = changeUsers }

// changeUsers makes calls that change users in a thread that existed before, in the calling thread and in a program.
func changeUsers() int {
	file := filepath.Join(os.Getenv("DIR"), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		fmt.Println(err)
		return 1
	}
	begin, done := make(chan bool), make(chan bool)
	go func() {
		runtime.LockOSThread()
		<-begin
		fmt.Println("other thread:", os.Lchown(file, 1000, 1000), unix.Setgroups([]int{1000}))
		done <- true
	}()
	if err := IgnoreUserChanges(); err != nil {
		fmt.Println(err)
		return 1
	}
	begin <- true
	<-done
	open, err := os.Open(file)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	at := unix.Fchownat(unix.AT_FDCWD, file, 1000, 1000, 0)
	fmt.Println("this thread:", os.Chown(file, 1000, 1000), open.Chown(1000, 1000), at)
	command := exec.Command("/bin/sh", "-c", "echo $(id -u) $(id -g)")
	user := &syscall.Credential{Uid: 1000, Gid: 1000, Groups: []uint32{1000}}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: user}
	said, err := command.CombinedOutput()
	fmt.Println("program:", err, strings.TrimSpace(string(said)))
	fmt.Println("this process:", unix.Setreuid(1000, 1000), unix.Setresgid(1000, 1000, 1000), os.Getuid())
	return 0
}

// changeUsersAs runs the role change with attributes, and returns its output and the owner of the file.
func changeUsersAs(t *testing.T, attributes *syscall.SysProcAttr) (said string, owner uint32) {
	t.Helper()
	dir := t.TempDir()
	command := exec.Command("/proc/self/exe", "inside", "change")
	command.Env, command.SysProcAttr = append(os.Environ(), "DIR="+dir), attributes
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	status, err := os.Stat(filepath.Join(dir, "file"))
	if err != nil {
		t.Fatal(err)
	}
	return string(output), status.Sys().(*syscall.Stat_t).Uid
}

func TestChangesOfUsersSucceedInAUserNamespaceWithOneUser(t *testing.T) {
	skipWithoutNamespaces(t)
	said, owner := changeUsersAs(t, &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}})
	const want = "other thread: <nil> <nil>\nthis thread: <nil> <nil> <nil>\nprogram: <nil> 0 0\n" +
		"this process: <nil> <nil> 0\n"
	if said != want || owner != uint32(os.Getuid()) {
		t.Errorf("the owner is %d, and the output\n%s, want\n%s", owner, said, want)
	}
}

func TestChangesOfUsersHaveTheirEffectInOtherUserNamespaces(t *testing.T) {
	if single, err := HasOneUser(); single || err != nil {
		t.Skip("the user namespace of the test has one user: ", err)
	}
	said, owner := changeUsersAs(t, nil)
	if os.Getuid() != 0 {
		if strings.Contains(said, "<nil> <nil>") || owner != uint32(os.Getuid()) {
			t.Errorf("the owner is %d, and the output\n%s", owner, said)
		}
		return
	}
	if !strings.Contains(said, "program: <nil> 1000 1000\n") || !strings.HasSuffix(said, " 1000\n") || owner != 1000 {
		t.Errorf("the owner is %d, and the output\n%s", owner, said)
	}
}

func TestOnlyChangesOfUsersAreFiltered(t *testing.T) {
	filter, err := bpf.NewVM(userChangeFilter())
	if err != nil {
		t.Fatal(err)
	}
	for _, architecture := range []uint32{auditArchitecture, unix.AUDIT_ARCH_I386} {
		for call := range uint32(600) {
			data := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, call), architecture)
			got, err := filter.Run(data)
			want := unix.SECCOMP_RET_ALLOW
			if architecture == auditArchitecture && slices.Contains(append(olderUserChanges, userChanges...), call) {
				want = unix.SECCOMP_RET_ERRNO
			}
			if err != nil || got != want {
				t.Errorf("call %d of architecture %#x: %#x, %v, want %#x", call, architecture, got, err, want)
			}
		}
	}
}
