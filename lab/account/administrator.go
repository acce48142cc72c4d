package account

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// createAdministrator creates a user with all permissions.
func (a *Account) createAdministrator(ctx context.Context) error {
	const name = "lab-administrator"
	const all = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	client := iam.NewFromConfig(a.Config())
	if _, err := client.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String(name)}); err != nil {
		return fmt.Errorf("user %s: %w", name, err)
	}
	if _, err := client.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: aws.String(name),
		PolicyName: aws.String(name), PolicyDocument: aws.String(all)}); err != nil {
		return fmt.Errorf("user %s: %w", name, err)
	}
	key, err := client.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String(name)})
	if err != nil {
		return fmt.Errorf("user %s: %w", name, err)
	}
	a.Administrator = Credentials{AccessKeyID: *key.AccessKey.AccessKeyId,
		SecretAccessKey: *key.AccessKey.SecretAccessKey}
	return nil
}
