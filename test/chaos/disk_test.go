package chaos

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// disk is a small file system of its own, for tests that fill or break it.
type disk struct {
	dir    string // where it is mounted
	image  string
	device string // such as loop0
}

// newDisk makes a disk of this size. It needs root and loop devices, which most Linux machines
// have.
func newDisk(t *testing.T, megabytes int) *disk {
	t.Helper()
	folder := t.TempDir()
	d := &disk{dir: filepath.Join(folder, "disk"), image: filepath.Join(folder, "image")}
	if err := os.Mkdir(d.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(d.image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(d.image, int64(megabytes)<<20); err != nil {
		t.Fatal(err)
	}
	if err := command("mkfs.ext4", "-q", "-F", d.image); err != nil {
		t.Skip("cannot create a file system: ", err)
	}
	if err := d.mount(); err != nil {
		t.Skip("cannot mount a file system: ", err)
	}
	t.Cleanup(func() { command("umount", "--lazy", d.dir) })
	return d
}

func (d *disk) mount() error {
	if err := command("mount", "-o", "loop,errors=remount-ro", d.image, d.dir); err != nil {
		return err
	}
	source, err := exec.Command("findmnt", "-n", "-o", "SOURCE", d.dir).Output()
	d.device = filepath.Base(strings.TrimSpace(string(source)))
	return err
}

// fill uses up all space, and returns a function that frees it again.
func (d *disk) fill(t *testing.T) (free func()) {
	t.Helper()
	filler, err := os.Create(filepath.Join(d.dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer filler.Close()
	for size := 1 << 20; size >= 1024; {
		if _, err := filler.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	return func() {
		if err := os.Remove(filler.Name()); err != nil {
			t.Fatal(err)
		}
	}
}

// breakDown makes the kernel believe that the disk is damaged: it becomes read-only at once.
func (d *disk) breakDown(t *testing.T) {
	t.Helper()
	trigger := fmt.Sprintf("/sys/fs/ext4/%s/trigger_fs_error", d.device)
	if err := os.WriteFile(trigger, []byte("1"), 0); err != nil {
		t.Skip("cannot break the file system: ", err)
	}
	probe := filepath.Join(d.dir, "probe")
	if err := os.WriteFile(probe, nil, 0o600); err == nil || !os.IsPermission(err) &&
		!strings.Contains(err.Error(), syscall.EROFS.Error()) {
		t.Fatalf("the disk is not read-only: %v", err)
	}
}

// repair makes the disk writable again. Nothing may use it.
func (d *disk) repair(t *testing.T) {
	t.Helper()
	if err := command("umount", d.dir); err != nil {
		t.Fatal(err)
	}
	if err := d.mount(); err != nil {
		t.Fatal(err)
	}
}

func command(name string, arguments ...string) error {
	if output, err := exec.Command(name, arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(output)))
	}
	return nil
}

// TestFullDisk fills the disk and frees it again. The host is told to keep nothing free, so that it
// really runs out of space.
func TestFullDisk(t *testing.T) {
	d := newDisk(t, 64)
	r := startRun(t, d.dir, 1, noLimits)
	for range rounds() {
		time.Sleep(500 * time.Millisecond)
		free := d.fill(t)
		time.Sleep(3 * time.Second)
		free()
		r.disruptions++
	}
	time.Sleep(time.Second)
	r.finish(t)
}

// TestReadOnlyDisk breaks the disk, kills the host, and repairs the disk. No operation is under way
// when the disk breaks, because ext4 may report the last fsync before an error as done and still
// lose the data (a plain loop of write and fsync shows it).
func TestReadOnlyDisk(t *testing.T) {
	d := newDisk(t, 64)
	r := startRun(t, d.dir, 1, noLimits)
	for range rounds() {
		time.Sleep(500 * time.Millisecond)
		r.calm.Lock()
		syscall.Sync()
		d.breakDown(t)
		r.calm.Unlock()
		time.Sleep(3 * time.Second)
		r.hosts[0].Kill()
		d.repair(t)
		checkIntegrity(t, d.dir)
		r.restart(t, 0)
		r.disruptions++
	}
	time.Sleep(time.Second)
	r.finish(t)
}
