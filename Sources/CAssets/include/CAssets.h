#pragma once
#include <stddef.h>

// The files that the binary carries, so that it works wherever it is put. Text is UTF-8 without a closing zero.
struct operon_asset {
    const char *name;
    const unsigned char *bytes;
    size_t count;
};

size_t operon_agent_count(void);
struct operon_asset operon_agent(size_t index);

size_t operon_prompt_count(void);
struct operon_asset operon_prompt(size_t index);

// The list of providers and models.
struct operon_asset operon_models(void);
