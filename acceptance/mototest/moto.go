// Package mototest starts moto for tests.
package mototest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"eksnet/acceptance/awsapi"
	"eksnet/plan"
)

// Start starts moto for an account, with settings of lab/moto/account_checks.py, and returns its URL. It skips the test
// where the lab is not built. The test must be of a package in the folder acceptance.
func Start(t *testing.T, account string, settings ...string) string {
	t.Helper()
	python := newestPython()
	if python == "" {
		t.Skip("the lab is not built: make lab builds it")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	command := exec.CommandContext(context.WithoutCancel(t.Context()), python, "../../lab/moto/serve.py", "-H", "127.0.0.1", "-p", address[len("127.0.0.1:"):])
	command.Env = append(append(os.Environ(), "MOTO_ACCOUNT_ID="+account, "PYTHONDONTWRITEBYTECODE=1"), settings...)
	command.Stderr = errorLog{t}
	if err := command.Start(); errors.Is(err, os.ErrPermission) {
		t.Skip(err) // an interpreter that only its owner can run
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	endpoint := "http://" + address
	for wait := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if response, err := http.Get(endpoint + "/moto-api/data.json"); err == nil {
			_ = response.Body.Close()
			return endpoint
		} else if time.Now().After(wait) {
			t.Fatal(fmt.Errorf("moto did not start: %w", err))
		}
	}
}

// OfferedAddons is the setting of an account in which EKS offers the add-ons of a plan.
func OfferedAddons(t *testing.T, a plan.Addons) string {
	t.Helper()
	versions := map[string][]string{"vpc-cni": {a.VPCCNI}, "kube-proxy": {a.KubeProxy}, "coredns": {a.CoreDNS}}
	if a.MetricsServer != nil {
		versions["metrics-server"] = []string{*a.MetricsServer}
	}
	offered, err := json.Marshal(versions)
	if err != nil {
		t.Fatal(err)
	}
	return "EKS_ADDON_VERSIONS=" + string(offered)
}

// newestPython returns the interpreter of the moto that the lab installed last, "" for none.
func newestPython() string {
	markers, _ := filepath.Glob("../../.lab/moto-*/.complete")
	newest, python := time.Time{}, ""
	for _, marker := range markers {
		if info, err := os.Stat(marker); err == nil && info.ModTime().After(newest) {
			newest, python = info.ModTime(), filepath.Join(filepath.Dir(marker), "bin", "python")
		}
	}
	return python
}

// Reset empties moto.
func Reset(t *testing.T, endpoint string) {
	t.Helper()
	response, err := http.Post(endpoint+"/moto-api/reset", "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
}

// Config returns a configuration of clients for an endpoint. Moto may close a connection as the next call begins, and a
// repeated create would find its resource already created.
func Config(endpoint, region string) aws.Config {
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.DisableKeepAlives = true })
	return aws.Config{Region: region, BaseEndpoint: &endpoint, HTTPClient: client, Retryer: func() aws.Retryer { return retry.AddWithMaxAttempts(awsapi.NewRetryer(), 2) },
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
}

// errorLog writes exceptions of moto to the log of a test, and no line for each request.
type errorLog struct{ *testing.T }

func (l errorLog) Write(text []byte) (int, error) {
	if bytes.Contains(text, []byte("Traceback")) || bytes.Contains(text, []byte("Error")) {
		l.Log(string(text))
	}
	return len(text), nil
}
