package lab_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eksnet/internal/exchange"
	"eksnet/rehearsal/lab"
	"eksnet/rehearsal/world"
)

const vpcType = "aws:ec2/vpc:Vpc"

// standIn is a lab that records what a rehearsal sends.
type standIn struct {
	received []exchange.Request
	answer   exchange.Observation
	refusal  string
}

func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var request exchange.Request
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.received = append(s.received, request)
	if s.refusal != "" {
		http.Error(w, s.refusal, http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(w).Encode(s.answer)
}

// connect returns a connection to a lab that is a stand-in, and an account.
func connect(t *testing.T, s *standIn) (*lab.Connection, *world.World) {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	content, err := json.Marshal(exchange.Lab{Endpoint: "https://127.0.0.1:1", Exchange: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "lab.json")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := lab.Connect(file)
	if err != nil {
		t.Fatal(err)
	}
	return c, world.New(world.Options{Account: "111122223333", Endpoint: c.Endpoint})
}

func newVPC(t *testing.T, c *lab.Connection, w *world.World) (world.Client, string) {
	t.Helper()
	client, err := c.AWS(w)(world.AWSConfig{Region: "eu-west-1"})
	if err != nil {
		t.Fatal(err)
	}
	made, err := client.Create(vpcType, world.Properties{"cidrBlock": "10.0.0.0/16"})
	if err != nil {
		t.Fatal(err)
	}
	return client, made.ID
}

func TestTheLabGetsTheAccountOnceForEachChange(t *testing.T) {
	s := &standIn{}
	c, w := connect(t, s)
	certificates := []string{"arn:aws:acm:eu-west-1:111122223333:certificate/1"}
	c.ImportCertificates(certificates)
	_, vpc := newVPC(t, c, w)
	for range 2 {
		if err := c.Send(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.received) != 1 {
		t.Fatalf("the lab received %d accounts", len(s.received))
	}
	if got := s.received[0]; !strings.Contains(string(got.Account), vpc) || len(got.Certificates) != 1 {
		t.Errorf("the lab received %s", got.Account)
	}
	newVPC(t, c, w)
	if err := c.Send(t.Context(), w); err != nil || len(s.received) != 2 {
		t.Errorf("after a change the lab received %d accounts: %v", len(s.received), err)
	}
	c.ImportCertificates(certificates)
	if err := c.Send(t.Context(), w); err != nil || len(s.received) != 2 {
		t.Errorf("with the same certificates the lab received %d accounts: %v", len(s.received), err)
	}
	c.ImportCertificates(append(certificates, "arn:aws:acm:eu-west-1:111122223333:certificate/2"))
	if err := c.Send(t.Context(), w); err != nil || len(s.received) != 3 || len(s.received[2].Certificates) != 2 {
		t.Errorf("with another certificate the lab received %d accounts: %v", len(s.received), err)
	}
}

func TestADeletionIsRefusedIfTheLabsControllersUseTheResource(t *testing.T) {
	s := &standIn{}
	c, w := connect(t, s)
	client, vpc := newVPC(t, c, w)
	s.answer.SecurityGroups = []exchange.SecurityGroup{{ID: "sg-1", Name: "k8s-web", VPC: vpc}}
	if err := client.Delete(vpcType, vpc); err == nil || !strings.Contains(err.Error(), "DependencyViolation") {
		t.Errorf("the VPC is deleted although a controller has a security group in it: %v", err)
	}
	s.answer.SecurityGroups = nil
	if err := client.Delete(vpcType, vpc); err != nil {
		t.Error(err)
	}
}

func TestARecordIsCreatedAndChangedAfterAnExchange(t *testing.T) {
	s := &standIn{}
	c, w := connect(t, s)
	client, _ := newVPC(t, c, w)
	const record = "aws:route53/record:Record"
	zone := w.HoldZone(world.HostedZone{Domain: "example.com", Region: "eu-west-1"})
	inputs := world.Properties{"zoneId": zone, "name": "web.example.com", "type": "TXT", "ttl": 300.0, "records": []any{"a text"}}
	made, err := client.Create(record, inputs)
	if err != nil || len(s.received) != 1 {
		t.Errorf("%v, and the lab received %d accounts before the creation", err, len(s.received))
	}
	if _, err := client.Update(record, made.ID, inputs); err != nil || len(s.received) != 2 {
		t.Errorf("%v, and the lab received %d accounts before the update", err, len(s.received))
	}
}

func TestAnErrorOfTheLabIsTheErrorOfTheCall(t *testing.T) {
	s := &standIn{refusal: "moto: VPC vpc-1: no room"}
	c, w := connect(t, s)
	if err := c.Send(t.Context(), w); err == nil || !strings.Contains(err.Error(), "exchange with the lab: moto: VPC vpc-1: no room") {
		t.Error(err)
	}
	s.refusal, s.answer.Left, s.answer.Unfinished = "", []string{"load balancer web"}, []string{"Gateway web/web", "pod web/1"}
	if err := c.Send(t.Context(), w); err != nil || len(c.Left()) != 1 || len(c.Unfinished()) != 2 {
		t.Errorf("the next call: %v, left %v, unfinished %v", err, c.Left(), c.Unfinished())
	}
}

func TestAMissingOrDamagedFileIsOneLine(t *testing.T) {
	damaged := filepath.Join(t.TempDir(), "lab.json")
	if err := os.WriteFile(damaged, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{damaged, filepath.Join(t.TempDir(), "none")} {
		if _, err := lab.Connect(file); err == nil || !strings.Contains(err.Error(), file) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", file, err)
		}
	}
}
