import { databaseContract } from '../testing/database-contract.ts'
import { openPostgresTestDatabase } from '../testing/test-database.ts'

databaseContract(openPostgresTestDatabase)
