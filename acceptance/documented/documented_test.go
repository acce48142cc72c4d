package documented

import (
	"bytes"
	"context"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"eksnet/acceptance/awsapi"
	"eksnet/acceptance/command"
	"eksnet/acceptance/mototest"
	"eksnet/internal/stackfile"
)

var (
	update   = flag.Bool("update", false, "write the output in docs/acceptance.md anew")
	document = "../../docs/acceptance.md"
)

// commands are the commands of the document in its order.
var commands = []string{
	"check dev-ap-northeast-2",
	"audit dev-ap-northeast-2",
	"sweep dev-ap-northeast-2 --account 111122223333 --region us-east-1",
	"sweep dev-ap-northeast-2 --account 111122223333 --region ap-northeast-2",
	"sweep dev-ap-northeast-2 --account 111122223333 --region ap-northeast-2 --delete",
	"audit dev-ap-northeast-2 ",
}

// exampleSeed is the seed of leftovers of the kinds that remain most often.
const exampleSeed = 14

func TestTheDocumentShowsTheOutputOfTheCommands(t *testing.T) {
	_, planned, err := stackfile.Load("../..", "dev-ap-northeast-2")
	if err != nil {
		t.Fatal(err)
	}
	endpoint := mototest.Start(t, mototest.Account, mototest.OfferedAddons(t, planned.Addons))
	p := mototest.NewPlanter(t, mototest.Config(endpoint, mototest.Region), exampleSeed)
	p.Plant(false)
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text)
	for _, line := range commands {
		output := run(t, p, strings.Fields(line))
		begin := "```\n$ bin/eksnet-aws " + strings.TrimSpace(line) + "\n"
		before, rest, found := cutAfter(got, begin, strings.HasSuffix(line, " "))
		if !found {
			t.Fatalf("%s does not show %s", document, line)
		}
		shown, after, _ := strings.Cut(rest, "```\n")
		if mask(shown) == mask(output) {
			continue
		}
		if !*update {
			t.Errorf("%s shows another output of %s; run: go test ./documented -update. The output is\n%s", document, line, output)
		}
		got = before + begin + output + "```\n" + after
	}
	if *update {
		if err := os.WriteFile(document, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// cutAfter cuts a text at the first or the last occurrence of a mark.
func cutAfter(text, mark string, last bool) (before, after string, found bool) {
	at := strings.Index(text, mark)
	if last {
		at = strings.LastIndex(text, mark)
	}
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(mark):], true
}

// generated finds what moto generates, and times.
var generated = regexp.MustCompile(`[0-9a-f]{16,17}|Z[A-Z0-9]{12,20}|[0-9a-f-]{36}|\d\d:\d\d:\d\d|\d{4}-\d\d-\d\d`)

// mask replaces what differs from run to run, and the spaces of tables.
func mask(text string) string {
	return regexp.MustCompile(` +`).ReplaceAllString(generated.ReplaceAllString(text, "…"), " ")
}

// run returns what the command prints on both outputs.
func run(t *testing.T, p *mototest.Planter, args []string) string {
	t.Helper()
	var out bytes.Buffer
	command.Run(t.Context(), append(args, "-C", "../.."), command.World{Out: &out, Complaints: &out, Environment: func(string) string { return "" },
		Open: func(context.Context, command.Credentials) (command.Account, error) {
			return awsapi.New(p.Config), nil
		},
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	return out.String()
}
