package io.mailcanary.bench;

import io.mailcanary.mail.Corpus;
import io.mailcanary.mail.MailReport;
import io.mailcanary.verdict.ReplyClassifier;
import java.util.ArrayList;
import java.util.List;

/// Parsing and classifying one bounce: the median over all real ones.
record Bounces(int rounds) implements Part {
  private static final double MOST_MILLISECONDS = 0.2;

  @Override
  public void measure(Figures figures) {
    List<byte[]> mails = List.copyOf(Corpus.mails().values());
    for (int i = 0; i < rounds; i++) {
      mails.forEach(Bounces::read);
    }
    List<Double> milliseconds = new ArrayList<>();
    for (byte[] mail : mails) {
      milliseconds.add(median(mail));
    }
    Samples samples = new Samples(milliseconds);
    figures.add(
        "parse and classify a bounce", samples.median(), "ms", MOST_MILLISECONDS, samples.spread());
  }

  private double median(byte[] mail) {
    List<Double> taken = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      long began = System.nanoTime();
      read(mail);
      taken.add((System.nanoTime() - began) / 1e6);
    }
    return new Samples(taken).median();
  }

  private static void read(byte[] mail) {
    MailReport.of(mail)
        .dsn()
        .recipients()
        .forEach(one ->
            ReplyClassifier.of(ReplyClassifier.Said.of(one), ReplyClassifier.Context.of(one)));
  }
}
