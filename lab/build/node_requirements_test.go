package build

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// machine is a machine with only the programs that a test gives it.
type machine struct {
	t           *testing.T
	path, cache string
}

func newMachine(t *testing.T, programs map[string]string) machine {
	m := machine{t, t.TempDir(), t.TempDir()}
	for name, script := range programs {
		writeProgram(t, filepath.Join(m.path, name), script)
	}
	folders := systemFolders
	systemFolders = []string{t.TempDir()}
	t.Cleanup(func() { systemFolders = folders })
	t.Setenv("PATH", m.path)
	return m
}

// prepare returns what was printed.
func (m machine) prepare() (*Tools, string, error) {
	tools, out := &Tools{}, &bytes.Buffer{}
	err := tools.prepareMachine(m.t.Context(), m.cache, newProgress(out))
	return tools, out.String(), err
}

func writeProgram(t *testing.T, path, script string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

// installedPrograms returns a script for each program of nodes that prints a version.
func installedPrograms() map[string]string {
	all := map[string]string{}
	for _, program := range nodePrograms {
		all[program.name] = "echo " + program.output + " of the machine"
	}
	return all
}

// fakeApt is an apt-get that has the packages iptables, with a library, and nftables.
const fakeApt = `echo "apt-get $*" >>"$CALLS"
case "$*" in
*update*) touch "$CALLS.lists" ;;
*--simulate*)
	[ -e "$CALLS.lists" ] || { echo "E: Unable to locate package" >&2; exit 100; }
	for name; do case $name in
		iptables) echo "Inst libxtables12 (1.8)"; echo "Inst iptables (1.8)" ;;
		nftables) echo "Inst nftables (1.0)" ;;
	esac; done ;;
*download*) for name; do case $name in libxtables12 | iptables | nftables) echo >${name}_1_all.deb ;; esac; done ;;
esac`

// fakeDpkg unpacks programs that print the environment in which they run.
const fakeDpkg = `/bin/mkdir -p "$3/usr/sbin" "$3/usr/lib/arch/xtables" "$3/etc/nginx"
case $2 in
*libxtables12*) echo >"$3/usr/lib/arch/libxtables.so.12" ;;
*nftables*) name=nft ;;
*) for n in iptables-nft ip6tables-nft; do name="$name $n $n-save $n-restore"; done ;;
esac
for n in $name; do
	echo '#!/bin/sh
echo "nf_tables nftables $0 $LD_LIBRARY_PATH $XTABLES_LIBDIR"' >"$3/usr/sbin/$n"
	/bin/chmod +x "$3/usr/sbin/$n"
done`

func (m machine) addApt() (calls string) {
	calls = filepath.Join(m.t.TempDir(), "calls")
	m.t.Setenv("CALLS", calls)
	writeProgram(m.t, filepath.Join(m.path, "apt-get"), strings.ReplaceAll(fakeApt, "touch", "/bin/touch"))
	writeProgram(m.t, filepath.Join(m.path, "dpkg"), fakeDpkg)
	return calls
}

func TestNothingIsInstalledOnAMachineThatHasTheProgramsOfNodes(t *testing.T) {
	m := newMachine(t, installedPrograms())
	calls := m.addApt()
	if tools, out, err := m.prepare(); err != nil || tools.Machine != "" || out != "" || exists(calls) {
		t.Errorf("%v: %q, %s", err, tools.Machine, out)
	}
	if path := new(Tools).MachineFile("/etc/nginx"); path != "/etc/nginx" {
		t.Error(path)
	}
}

func TestProgramsOutsideOfPATHOrWithAnotherNameAreLinked(t *testing.T) {
	programs := installedPrograms()
	delete(programs, "nft")
	programs["iptables"] = "echo legacy"
	programs["iptables-nft"] = "echo nf_tables variant"
	m := newMachine(t, programs)
	writeProgram(t, filepath.Join(systemFolders[0], "nft"), "echo nftables of the system")
	tools, out, err := m.prepare()
	if err != nil || out != "" {
		t.Fatalf("%v: %s", err, out)
	}
	for name, want := range map[string]string{"nft": "nftables of the system\n", "iptables": "nf_tables variant\n"} {
		if said, err := exec.Command(filepath.Join(tools.Machine, name)).Output(); err != nil || string(said) != want {
			t.Errorf("%s: %v: %s", name, err, said)
		}
	}
	if entries, err := os.ReadDir(tools.Machine); err != nil || len(entries) != 2 {
		t.Errorf("%v: %v", err, entries)
	}
}

func TestMissingProgramsAreDownloadedIntoTheCacheOnce(t *testing.T) {
	programs := installedPrograms()
	for name := range programs {
		if strings.Contains(name, "tables") || name == "nft" {
			delete(programs, name)
		}
	}
	m := newMachine(t, programs)
	calls := m.addApt()
	tools, out, err := m.prepare()
	if err != nil || !strings.Contains(out, "iptables, nftables") || !strings.Contains(out, "the machine is not changed") {
		t.Fatalf("%v: %s", err, out)
	}
	root := filepath.Join(filepath.Dir(tools.Machine), "root")
	unpacked := map[string]string{"iptables": "iptables-nft", "ip6tables-save": "ip6tables-nft-save", "nft": "nft"}
	for name, file := range unpacked {
		said, err := exec.Command(filepath.Join(tools.Machine, name)).Output()
		want := "nf_tables nftables ROOT/usr/sbin/" + file + " ROOT/usr/lib/arch ROOT/usr/lib/arch/xtables\n"
		want = strings.ReplaceAll(want, "ROOT", root)
		if err != nil || string(said) != want {
			t.Errorf("%s: %v: %s, want %s", name, err, said, want)
		}
	}
	if path := tools.MachineFile("/etc/nginx"); path != root+"/etc/nginx" {
		t.Error(path)
	}
	made, err := os.ReadFile(calls)
	downloads := strings.Count(string(made), " install --simulate ") + strings.Count(string(made), " download ")
	if err != nil || downloads != 3 || strings.Count(string(made), "\n") != downloads+1 { // and the update of lists
		t.Errorf("%v: %s", err, made)
	}
	if again, out, err := m.prepare(); err != nil || out != "" || again.Machine != tools.Machine {
		t.Errorf("again: %v: %s", err, out)
	}
	if after, err := os.ReadFile(calls); err != nil || !bytes.Equal(after, made) {
		t.Errorf("%v: a complete folder is downloaded again: %s", err, after)
	}
}

func TestTheErrorForAMissingProgramNamesItsPackage(t *testing.T) {
	programs := installedPrograms()
	delete(programs, "nginx")
	m := newMachine(t, programs)
	for _, with := range []string{"no apt-get", "an apt-get without the package"} {
		if with != "no apt-get" {
			m.addApt()
		}
		_, _, err := m.prepare()
		if err == nil || !strings.Contains(err.Error(), "need nginx,") || strings.Contains(err.Error(), "\n") ||
			!strings.Contains(err.Error(), "apt install nginx)") {
			t.Errorf("with %s: %v", with, err)
		}
	}
}

func TestNodesRunWithoutAToolThatCannotBeDownloaded(t *testing.T) {
	programs := installedPrograms()
	delete(programs, "iperf3")
	programs["apt-get"] = "echo 'E: no network' >&2; exit 100"
	m := newMachine(t, programs)
	_, said, err := m.prepare()
	if err != nil || !strings.Contains(said, "nodes run without the tools iperf3, of the packages iperf3: ") {
		t.Errorf("%v, and it prints\n%s", err, said)
	}
}
