package io.mailcanary.app;

import io.mailcanary.authentication.Authenticator;
import io.mailcanary.authentication.Inspections;
import io.mailcanary.authentication.Letter;
import io.mailcanary.dns.Vantage;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.DkimSignature;
import io.mailcanary.mail.HandOver;
import io.mailcanary.prober.Inspector;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Joins the prober with what checks the authentication of messages.
final class ArrivalInspector implements Inspector, AutoCloseable {
  private final Inspections inspections;

  ArrivalInspector(
      Vantage dns, Consumer<DkimSignature> learned, BiConsumer<Letter, HandOver> handedOver) {
    inspections = new Inspections(new Authenticator(dns), learned, handedOver);
  }

  @Override
  public void inspect(Letter letter, Consumer<List<AuthenticationCheck>> done) {
    inspections.inspect(letter, done);
  }

  @Override
  public void glance(Letter letter) {
    inspections.glance(letter);
  }

  @Override
  public void close() {
    inspections.close();
  }
}
