#include "CLexicon.h"

static const unsigned char english[] = {
#embed "english.txt"
};

const unsigned char *operon_lexicon(void) { return english; }
size_t operon_lexicon_count(void) { return sizeof english; }
