package io.mailcanary.canary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanaryIdTest {
  private final Random random = new Random(7);

  private CanaryId id(Instant at) {
    byte[] bytes = new byte[CanaryId.RANDOM_BYTES];
    random.nextBytes(bytes);
    return CanaryId.of(at, bytes);
  }

  @Test
  void itsDigitsAreReadBackAndSortAsItDoes() {
    List<CanaryId> ids = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      Instant at = Instant.ofEpochMilli(random.nextLong(1L << 48));
      CanaryId one = id(at);
      assertThat(new CanaryId(one.value())).isEqualTo(one).hasToString(one.value());
      assertThat(one.madeAt()).isEqualTo(at);
      assertThat(CanaryId.floor(at)).isLessThanOrEqualTo(one);
      ids.add(one);
      ids.add(id(at));
    }
    Collections.sort(ids);
    assertThat(ids).extracting(CanaryId::value).isSorted();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "06h08m6j8me2ld1d5begupupf",
        "06h08m6j8me2ld1d5begupupfss",
        "06h08m6j8me2ld1d5begupupfw",
        "06H08M6J8ME2LD1D5BEGUPUPFS",
        "06h08m6j8me2ld1d5begupupf1"
      })
  void whatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> new CanaryId(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("26 digits");
  }
}
