// Package labtest is what tests of several packages of the lab start with.
package labtest

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// StartMoto starts moto for an account and returns its URL. It skips the test where the lab is not built. The test must
// be of a package in the folder lab.
func StartMoto(t *testing.T, account string) string {
	t.Helper()
	built, _ := filepath.Glob("../../.lab/moto-*/bin/python")
	if len(built) == 0 {
		t.Skip("the lab is not built: make lab builds it")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().(*net.TCPAddr)
	listener.Close()
	command := exec.CommandContext(t.Context(), built[0], "../moto/serve.py", "-H", "127.0.0.1", "-p", fmt.Sprint(address.Port))
	command.Env = append(os.Environ(), "MOTO_ACCOUNT_ID="+account, "MOTO_IAM_LOAD_MANAGED_POLICIES=true", "PYTHONDONTWRITEBYTECODE=1")
	if err := command.Start(); errors.Is(err, os.ErrPermission) {
		t.Skip(err) // an interpreter that only its owner can run
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	for endpoint := "http://" + address.String(); ; time.Sleep(100 * time.Millisecond) {
		if response, err := http.Get(endpoint + "/moto-api/data.json"); err == nil {
			response.Body.Close()
			return endpoint
		}
		if err := t.Context().Err(); err != nil {
			t.Fatal(err)
		}
	}
}
