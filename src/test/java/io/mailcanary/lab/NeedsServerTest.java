package io.mailcanary.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class NeedsServerTest {

  @Test
  void aMissingProgramIsNamedWithItsPackage() {
    assertThat(Server.DOVECOT.obstacle(program -> !program.endsWith("pop3"), true))
        .hasValueSatisfying(
            reason -> assertThat(reason).contains("/usr/lib/dovecot/pop3", "dovecot-pop3d"));
    assertThat(Server.POSTFIX.obstacle(_ -> true, true)).isEmpty();
  }

  @Test
  void onlyPostgreSqlRunsForEverybody() {
    assertThat(Server.POSTGRESQL.obstacle(_ -> true, false)).isEmpty();
    assertThat(Server.POSTFIX.obstacle(_ -> true, false)).hasValue("postfix works for root alone");
  }

  @Test
  void anObstacleLeavesATestOutButFailsItOnCi() {
    assertThat(NeedsServerCondition.decide(List.of(), true).isDisabled()).isFalse();
    assertThat(NeedsServerCondition.decide(List.of("no postfix"), false).isDisabled()).isTrue();
    assertThatThrownBy(() -> NeedsServerCondition.decide(List.of("no postfix"), true))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no postfix");
  }
}
